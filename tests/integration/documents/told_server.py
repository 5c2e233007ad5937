"""How does a test make Cosmos DB fail? By a server that knows an account, a container and what to say of documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

_DOCUMENTS = re.compile("/dbs/nightshift/colls/jobs/docs/.*")
CHARGE = 2.5
"""Request units of each answer about documents."""


class ToldServer:
    """Speaks Cosmos DB's protocol; what it answers about documents is set by `answer`."""

    def __init__(self, server: HTTPServer) -> None:
        self.endpoint = server.url_for("/")
        self.asked = 0
        self._status, self._headers = 404, dict[str, str]()
        self.consistency = "Strong"
        self._may_speak = Event()
        self._may_speak.set()
        server.expect_request("/").respond_with_handler(
            lambda _: _json(
                {
                    "id": "account",
                    "writableLocations": [{"name": "here", "databaseAccountEndpoint": self.endpoint}],
                    "readableLocations": [{"name": "here", "databaseAccountEndpoint": self.endpoint}],
                    "userConsistencyPolicy": {"defaultConsistencyLevel": self.consistency},
                }
            )
        )
        server.expect_request("/dbs/nightshift/colls/jobs/").respond_with_handler(
            lambda _: _json(
                {"id": "jobs", "_rid": "AAAAAA==", "partitionKey": {"paths": ["/scope"], "kind": "Hash", "version": 2}}
            )
        )
        server.expect_request(_DOCUMENTS).respond_with_handler(self._say)

    def answer(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Let every request for documents be answered with this status and these headers."""
        self._status, self._headers = status, dict(headers or {})

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Let requests for documents go unanswered inside the block."""
        self._may_speak.clear()
        try:
            yield
        finally:
            self._may_speak.set()

    def _say(self, request: Request) -> Response:
        self.asked += 1
        self._may_speak.wait()
        answer = _json({"id": "job-1", "scope": "ada", "_etag": '"1"'}, self._status)
        answer.headers.update({"x-ms-request-charge": str(CHARGE), **self._headers})
        return answer


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
