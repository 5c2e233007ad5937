"""A server that plays a webhook."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

OK = Response("ok")


class Hook:
    """Plays a webhook: answers these responses one after the other, the last for ever; keeps what it was sent."""

    def __init__(self, server: HTTPServer, path: str = "/services/T0/B0/secret-part") -> None:
        self.host = f"localhost:{server.port}"
        self.url = server.url_for(path)
        self.got: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.raw: list[bytes] = []
        self.answers: list[Response | Callable[[], Response]] = [OK]
        server.expect_request(path, method="POST").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.raw.append(request.data)
        self.got.append(json.loads(request.data))
        self.headers.append(dict(request.headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer() if callable(answer) and not isinstance(answer, Response) else answer  # type: ignore[return-value]
