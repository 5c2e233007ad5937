"""Through azure-functions' own bridge: what reaches the app, what doesn't; the answer is always one of ours."""

from __future__ import annotations

import json
from typing import Any

import azure.functions as func
import pytest
from starlette.types import Receive, Scope, Send

import api
from api import bridge, ids
from api.bridge import Bridge
from tests.integration.api.worlds import ApiWorld, key_of

JSON = {"content-type": "application/json"}
BASE = "https://nightshift.example"


def request(path: str, method: str = "GET", *, key: str | None = "admin", body: bytes = b"", **headers: str) -> Any:
    """Return a request as the worker makes it."""
    sent = {"host": "nightshift.example", **({"x-api-key": key_of(key)} if key else {}), **headers}
    return func.HttpRequest(method=method, url=BASE + path, headers=sent, body=body)


async def test_a_request_is_answered(world: ApiWorld) -> None:
    await world.like("hat")
    told = await Bridge(world.app).answer(request("/api/v1/jobs/hat?user=ada"))

    assert (told.status_code, json.loads(told.get_body())["id"]) == (200, "hat")
    assert told.mimetype == "application/json"
    assert told.headers["x-request-id"]


async def test_a_body_is_taken(world: ApiWorld) -> None:
    like = {"user_id": "ada", "item_id": "hat", "image_url": "https://shop.example/hat.png"}
    body = json.dumps(like).encode()
    told = await Bridge(world.app).answer(request("/api/v1/jobs/taste-analysis", "POST", body=body, **JSON))

    assert told.status_code == 202


@pytest.mark.parametrize("user", ["a/b", "ü ñ", "%ff", "..", "x" * 300, "~own", "a?b#c", "a\\b"])
async def test_any_user_can_be_named(world: ApiWorld, user: str) -> None:
    await world.likes(user, hats=1.0)
    told = await Bridge(world.app).answer(request(f"/api/v1/profiles/{ids.encoded(user)}"))

    assert (told.status_code, json.loads(told.get_body())["userId"]) == (200, user)


@pytest.mark.parametrize("path", ["/api/v1/jobs/%FF", "/api/v1/jobs/%C3%28", "/%80", "/api/v1/jobs/%ed%a0%80"])
async def test_a_path_that_the_bridge_cannot_decode_is_a_problem(world: ApiWorld, path: str) -> None:
    told = await Bridge(world.app).answer(request(path))

    assert (told.status_code, json.loads(told.get_body())["code"]) == (400, "path_unreadable")
    assert told.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/jobs/a%2Fb",
        "/api/v1/jobs/a%00b",
        "/api/v1/jobs/%0d%0aset-cookie:a=b",
        "/api/v1/jobs/~%%%",
        "/api/v1/jobs/~__8",
        "/api/v1/../../admin/host/status",
        "/api/v1/jobs/..%2f..%2fadmin",
        "/admin/host/status",
        "//evil.example/api/v1/jobs",
        "/api/v1/jobs/{id}",
        "/api/v1/jobs;a=b",
    ],
)
async def test_a_path_that_means_to_break_out_finds_nothing(world: ApiWorld, path: str) -> None:
    told = await Bridge(world.app).answer(request(path))

    assert told.status_code in (400, 404, 422)
    assert set(told.headers) & {"set-cookie", "location"} == set()


@pytest.mark.parametrize("url", ["https://[::1/api", "https://host:port/api", "https://host:99999/api"])
async def test_an_address_that_is_none_is_a_problem(world: ApiWorld, url: str) -> None:
    told = await Bridge(world.app).answer(func.HttpRequest(method="GET", url=url, headers={}, body=b""))

    assert told.status_code == 400


@pytest.mark.parametrize("value", ["a\r\nset-cookie: a=b", "ä", "\udcff", "x" * 100_000])
async def test_headers_of_a_request_never_come_back(world: ApiWorld, value: str) -> None:
    told = await Bridge(world.app).answer(
        request("/api/v1/jobs", **{"x-request-id": value, "traceparent": value, "if-none-match": value})
    )

    assert value not in str(dict(told.headers))
    assert all(str(one).isascii() for one in told.headers.values())


async def test_headers_that_are_not_ascii_are_made_so(world: ApiWorld) -> None:
    from api.edge import Edge

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"x-name", "grüße\r\n".encode("latin-1"))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body"})

    told = await Bridge(Edge(app, world.world)).answer(request("/anything"))

    assert (told.status_code, told.headers["x-name"]) == (200, "gr%C3%BC%C3%9Fe%0D%0A")


async def test_a_failure_of_the_app_is_a_problem(world: ApiWorld) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("s3cret")

    told = await Bridge(app).answer(request("/anything", **{"x-request-id": "mine"}))

    assert (told.status_code, json.loads(told.get_body())["requestId"]) == (500, "mine")
    assert b"s3cret" not in told.get_body()


async def test_an_app_that_cannot_be_built_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Bridge:
        raise RuntimeError("s3cret")

    monkeypatch.setattr(bridge, "of_process", broken)
    told = await api.serve(request("/api/v1/jobs"))

    assert (told.status_code, json.loads(told.get_body())["code"]) == (500, "unexpected")
    assert b"s3cret" not in told.get_body()
