"""Documents: the API's own description, the page that shows it, and what each error code means."""

from __future__ import annotations

import html
from functools import lru_cache

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import openapi
from api.conditional import answered
from api.docs_page import FILES, PAGE
from shared.error_codes import MEANINGS

_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; " \
    "form-action 'none'; frame-ancestors 'none'"  # fmt: skip
_PAGE_HEADERS = {"content-security-policy": _POLICY, "cache-control": "no-cache", "referrer-policy": "no-referrer"}


def add(app: FastAPI) -> None:
    """Add the routes of the documents."""

    async def document(request: Request) -> Response:
        return answered(request, Response(openapi.text(app), media_type="application/json"))

    async def page(request: Request) -> Response:
        return Response(PAGE, media_type="text/html", headers=_PAGE_HEADERS)

    async def file(request: Request) -> Response:
        found = FILES.get(request.path_params["name"])
        if found is None:
            return Response("There is no such file.", 404, media_type="text/plain")
        content, media_type = found
        return Response(content, media_type=media_type, headers=_PAGE_HEADERS)

    async def errors(request: Request) -> Response:
        return Response(_errors(), media_type="text/html", headers=_PAGE_HEADERS)

    for path, function in (
        ("/api/openapi.json", document),
        ("/api/docs", page),
        ("/api/docs/{name}", file),
        ("/api/errors", errors),
    ):
        app.router.routes.append(Route(path, function, methods=["GET"], include_in_schema=False))


@lru_cache(maxsize=1)
def _errors() -> str:
    rows = "".join(
        f'<tr id="{code}"><th scope="row"><code>{code}</code></th><td>{html.escape(meaning)}</td></tr>\n'
        for code, meaning in sorted(MEANINGS.items())
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Error codes of Nightshift</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/api/docs/page.css"></head>'
        f"<body><main><h1>Error codes</h1><table><tbody>\n{rows}</tbody></table></main></body></html>\n"
    )
