"""How does a service of Azure refuse? A door before a service on this machine: some requests it answers as Azure does.

Neither Azurite nor the stand-in for Cosmos DB knows roles; what they answer to the others is theirs.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

PRINCIPAL = "4d5a3c1e-0000-4000-8000-2f6b7c8d9e0f"
Asked = Callable[[Request], bool]
_ANY = re.compile(".*")
_HOPS = frozenset({"connection", "transfer-encoding", "keep-alive", "content-encoding", "content-length"})


class Door:
    """Stands before the service at `behind`; `url` is its own address."""

    def __init__(self, server: HTTPServer, behind: str) -> None:
        self._behind = urlsplit(behind)
        self._refusals: list[tuple[Asked, Callable[[], Response]]] = []
        self.url = server.url_for(self._behind.path or "/")
        server.expect_request(_ANY).respond_with_handler(self._answer)

    def refuses(self, asked: Asked, answer: Callable[[], Response]) -> None:
        """Answer the requests for which `asked` holds with a refusal, from now on."""
        self._refusals.append((asked, answer))

    def _answer(self, request: Request) -> Response:
        for asked, answer in self._refusals:
            if asked(request):
                return answer()
        return self._passed_on(request)

    def _passed_on(self, request: Request) -> Response:
        connection = http.client.HTTPConnection(self._behind.netloc)
        try:
            path = request.environ["REQUEST_URI"]
            headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOPS}
            connection.request(request.method, path, request.get_data(), headers)
            said = connection.getresponse()
            kept = [(name, value) for name, value in said.getheaders() if name.lower() not in _HOPS]
            return Response(said.read(), said.status, kept)
        finally:
            connection.close()


def storage_says(code: str, status: int = 403) -> Response:
    """Return a refusal of Azure Storage with its error code."""
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>No.</Message></Error>'
    return Response(body, status, {"x-ms-error-code": code}, content_type="application/xml")


def no_role(action: str) -> Response:
    """Return what Cosmos DB says to a principal without a role that allows `action`."""
    return cosmos_says(
        403,
        f"Request blocked by Auth acct : Request is blocked because principal [{PRINCIPAL}] does not have required "
        f"RBAC permissions to perform action [{action}] on resource [/]. Learn more: https://aka.ms/cosmos-native-rbac.",
        sub_status=5301,
    )


def cosmos_says(status: int, message: str, *, sub_status: int = 0) -> Response:
    """Return a refusal of Cosmos DB with its sentence."""
    body = {"code": "Forbidden" if status == 403 else "Unauthorized", "message": message}
    headers = {"x-ms-substatus": str(sub_status)}
    return Response(json.dumps(body), status, headers, content_type="application/json")
