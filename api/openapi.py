"""OpenAPI document: what the API serves at /api/openapi.json, made from the routes as they were declared."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import examples, once, problems
from api.routing import JSON, Declared, declared
from api.schemas import Schemas

TITLE = "Nightshift"
VERSION = "1.0.0"
_ABOUT = """\
Background jobs, their results, and what operators do with them. Every error is a problem document (RFC 9457) with a
stable `code`; every answer has an X-Request-Id, which the log has too. docs/api.md tells how to call it.
"""
EVERYWHERE = (400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 503)
"""Problems that every route may answer with."""
_MEANINGS = {
    400: "The request can't be read: its address, its body's JSON, or a cursor.",
    401: "The caller didn't prove who it is: no key or token, an unknown one, or one that has expired.",
    403: "The caller may not do this: it lacks the role, or the scope.",
    404: "There is no such thing, or no such route.",
    405: "The route doesn't take this method; Allow says which it takes.",
    409: "It can't be done as things stand.",
    412: "It has changed since it was read: If-Match names another version.",
    413: "The body is larger than API_BODY_LIMIT.",
    415: "The body isn't JSON.",
    422: "A parameter or a member of the body is missing or can't be what was given.",
    429: "Too many requests of this caller; Retry-After says when to ask again.",
    500: "A defect of the API.",
    503: "Something that the API needs doesn't answer; Retry-After says when to ask again.",
}
_WAITS = (429, 503)
_HEADERS = {
    "X-Request-Id": {"description": "Names the request in the log.", "schema": {"type": "string"}},
    "traceparent": {"description": "The W3C trace that the request is part of.", "schema": {"type": "string"}},
}
_RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
_SECURITY = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "AUTH_MODE=keys: a key of `nightshift keys new`.",
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "AUTH_MODE=entra: a token of the tenant, for this app.",
    },
}


@lru_cache(maxsize=4)
def text(app: FastAPI) -> bytes:
    """Return the document as it is served."""
    return json.dumps(document(app), ensure_ascii=False).encode()


def document(app: FastAPI) -> dict[str, Any]:
    """Return the document of an app's routes."""
    made = get_openapi(title=TITLE, version=VERSION, description=_ABOUT, routes=app.routes, openapi_version="3.1.0")
    schemas = Schemas()
    for route in app.state.declared:
        here = declared(route)
        assert here is not None, f"{route} isn't declared"
        operation = made["paths"][getattr(route, "path", "")][here.row.method.lower()]
        _complete(operation, here, schemas)
    components = made.setdefault("components", {})
    kept = {name: one for name, one in components.get("schemas", {}).items() if "ValidationError" not in name}
    components["schemas"] = {**kept, **schemas.components, "Problem": _problem_schema()}
    _exemplify(made["paths"], components["schemas"])
    components["responses"] = {f"Problem{status}": _problem(status) for status in _MEANINGS}
    components["securitySchemes"] = _SECURITY
    return made


def _complete(operation: dict[str, Any], here: Declared, schemas: Schemas) -> None:
    """Add to an operation what FastAPI doesn't know of it."""
    answer: dict[str, Any] = {"description": "As asked.", "headers": dict(_HEADERS)}
    if here.answers is not None:
        content: dict[str, Any] = {"schema": schemas.of(here.answers)}
        if here.example is not None:
            content["example"] = here.example
        answer["content"] = {here.media_type: content}
    if "requestBody" in operation:
        body = operation["requestBody"]["content"][JSON]
        if here.takes is not None:
            body["schema"] = schemas.of(here.takes)
        if here.takes_example is not None:
            body["example"] = here.takes_example
    responses: dict[str, Any] = {str(here.status): answer}
    parameters: list[Any] = operation.setdefault("parameters", [])
    also = list(here.also)
    if here.row.method == "GET" and here.row.role is not None:
        answer["headers"]["ETag"] = {"description": "The answer's version.", "schema": {"type": "string"}}
        responses["304"] = {"description": "The caller has this version: If-None-Match names it."}
        parameters.append(_header("If-None-Match", "An ETag: answers 304 while it is the same."))
    if here.row.method == "POST":
        also.append(409)
        parameters.append(
            {
                **_header(once.HEADER.title(), "Names this request: asked again, it gets the first answer. A day."),
                "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
            }
        )
    if here.takes_etag:
        also.append(412)
        parameters.append(_header("If-Match", "The ETag that was read: nothing is changed when it is another one now."))
    for status in (one for one in also if one < 400):
        responses[str(status)] = answer
    for status in sorted({*EVERYWHERE, *(one for one in also if one >= 400)}):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
    operation["responses"] = dict(sorted(responses.items()))
    operation["security"] = [] if here.row.role is None else [{name: []} for name in _SECURITY]
    operation["x-role"], operation["x-scope"] = here.row.role, here.row.scope
    if not parameters:
        del operation["parameters"]


def _exemplify(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give each answer in JSON an example, where its route gave none."""
    for operation in (one for methods in paths.values() for one in methods.values()):
        for answer in operation["responses"].values():
            content = answer.get("content", {}).get(JSON)
            if content is not None and "example" not in content:
                content["example"] = examples.of(content["schema"], schemas)


def _header(name: str, about: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": about, "schema": {"type": "string"}}


def _problem(status: int) -> dict[str, Any]:
    headers = {**_HEADERS, **({"Retry-After": _RETRY_AFTER} if status in _WAITS else {})}
    example = problems.Problem(status, "some_code", _MEANINGS[status]).members("0f9c4a1e6b0d4d0f8a9e2b7c5d3e1f00")
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    if status == 503:  # also what health answers when it isn't ready
        content[JSON] = {"schema": {"type": "object"}}
    return {"description": _MEANINGS[status], "headers": headers, "content": content}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "properties": {
            "type": {**text, "description": "Address of what the code means.", "format": "uri-reference"},
            "title": text,
            "status": {"type": "integer"},
            "detail": {**text, "description": "What was wrong this time."},
            "code": {**text, "description": "A stable word: docs/errors.md."},
            "requestId": text,
            "fields": {"type": "object", "additionalProperties": text},
            "errors": {
                "type": "array",
                "description": "Each place that is wrong.",
                "items": {"type": "object", "additionalProperties": True},
            },
        },
        "required": ["type", "title", "status", "detail", "code", "requestId"],
    }
