"""Azure Communication Services on this machine: its REST API of mail over real HTTP, answering well and badly."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response


class AcsDouble:
    """Takes mails; says first what the test wants it to say.

    `mails` are by the id of their operation, `times` how often each came: a real service may send each of those.
    `asked` are the requests' methods, with the status that was answered.
    """

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("").rstrip("/")
        self.mails: dict[str, dict[str, Any]] = {}
        self.times: Counter[str] = Counter()
        self.asked: list[tuple[str, int]] = []
        self.headers: list[dict[str, str]] = []
        self._first: list[tuple[Response, bool]] = []
        server.expect_request("/emails:send", method="POST").respond_with_handler(self._send)
        server.expect_request(re.compile(r"/emails/operations/.+"), method="GET").respond_with_handler(self._status)

    def says(self, status: int, code: str = "Some", *, takes: bool = False, **headers: str) -> None:
        """Answer the next mail with an error; `takes`: it is taken all the same, and only the answer is bad."""
        answer = _json(status, {"error": {"code": code, "message": "no"}})
        for name, value in headers.items():
            answer.headers[name.replace("_", "-")] = value
        self._first.append((answer, takes))

    def received(self) -> Counter[str]:
        """Return how many mails came for each address."""
        found = Counter[str]()
        for operation, mail in self.mails.items():
            found[mail["recipients"]["to"][0]["address"]] += self.times[operation]
        return found

    def _send(self, request: Request) -> Response:
        assert request.args["api-version"] == "2025-09-01"
        self.headers.append(dict(request.headers))
        operation = request.headers["Operation-Id"]
        answer, takes = self._first.pop(0) if self._first else (None, True)
        if takes:
            self.mails[operation] = request.get_json()
            self.times[operation] += 1
        if answer is None:
            answer = _json(202, {"id": operation, "status": "Running"})
            answer.headers["Operation-Location"] = f"{self.url}/emails/operations/{operation}?api-version=2025-09-01"
        self.asked.append(("POST", answer.status_code))
        return answer

    def _status(self, request: Request) -> Response:
        operation = request.path.rpartition("/")[2]
        if operation in self.mails:
            answer = _json(200, {"id": operation, "status": "Succeeded"})
        else:
            answer = _json(404, {"error": {"code": "NotFound", "message": "no"}})
        self.asked.append(("GET", answer.status_code))
        return answer


def _json(status: int, body: Any) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")
