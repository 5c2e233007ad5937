"""What does an HTTP function see of a request, and what does the client see of its answer?"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from azure.functions import HttpMethod

from tests.integration.devhost import host_process, http_apps
from tests.integration.devhost.host_process import DevHost
from tests.integration.devhost.http_client import Asked, Told, ask

pytestmark = pytest.mark.asyncio(loop_scope="module")

NO_STORAGE = "UseDevelopmentStorage=true"
LIMIT = 9_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DevHost]:
    """A devhost that serves the site, without a homepage of its own."""
    app = http_apps.site(tmp_path_factory.mktemp("site"))
    environ = {"AzureWebJobsDisableHomepage": "true", "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": str(LIMIT)}
    async with host_process.running(app, NO_STORAGE, **environ) as running:
        yield running


async def echo(host: DevHost, asked: Asked | str) -> dict[str, Any]:
    """Return what the function saw of a request."""
    told = await ask(host.admin_url, asked)
    assert told.status == 200, told
    seen: dict[str, Any] = told.json()
    return seen


async def test_its_address_is_said_at_the_start(host: DevHost) -> None:
    methods = ",".join(method.value for method in HttpMethod)
    assert f"  Api  [{methods}] {host.admin_url}/{{*route}}" in host.output


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_method_query_headers_and_body_arrive(host: DevHost, method: str) -> None:
    asked = Asked("/echo/a?x=1&x=2&empty=&sp%20ce=%C3%A9", method, [("X-Ask", "b"), ("X-Ask", "c")], b"\x00\xff")
    seen = await echo(host, asked)
    assert (seen["method"], seen["path"]) == (method, "/echo/a")
    assert seen["query"] == "x=1&x=2&empty=&sp%20ce=%C3%A9"
    assert ["x-ask", "b,c"] in seen["headers"]
    assert base64.b64decode(seen["body"]) == b"\x00\xff"
    assert seen["server"] == ["127.0.0.1", int(host.admin_url.rpartition(":")[2])]


async def test_no_body_is_an_empty_one(host: DevHost) -> None:
    assert (await echo(host, Asked("/echo", "POST")))["body"] == ""


async def test_a_body_without_content_length_does_not_arrive(host: DevHost) -> None:
    chunked = Asked("/echo", "POST", [("Transfer-Encoding", "chunked")], b"2\r\nhi\r\n0\r\n\r\n")
    assert (await echo(host, chunked))["body"] == ""
    await host.wait_for_log("a request came without Content-Length (chunked)")


async def test_a_compressed_body_arrives_as_it_was_sent(host: DevHost) -> None:
    seen = await echo(host, Asked("/echo", "POST", [("Content-Encoding", "gzip")], b"not gzip at all"))
    assert base64.b64decode(seen["body"]) == b"not gzip at all"


async def test_the_root_is_the_apps_where_the_hosts_homepage_is_off(host: DevHost) -> None:
    told = await ask(host.admin_url, "/")
    assert (told.status, told.body) == (200, b"ok")


@pytest.mark.parametrize("status", [200, 201, 302, 404, 418, 500, 503])
async def test_the_functions_status_is_the_answers(host: DevHost, status: int) -> None:
    told = await ask(host.admin_url, f"/status/{status}")
    assert (told.status, told.body) == (status, b"ok")


async def test_an_empty_answer_and_a_binary_one(host: DevHost) -> None:
    empty, binary = [await ask(host.admin_url, path) for path in ("/empty", "/binary")]
    assert (empty.status, empty.body) == (204, b"")
    assert (binary.header("content-type"), binary.body) == (["application/octet-stream"], bytes(range(256)))


async def test_head_gets_the_headers_alone(host: DevHost) -> None:
    told = await ask(host.admin_url, Asked("/length", "HEAD"))
    assert (told.status, told.header("content-length"), told.body) == (200, ["2"], b"")


async def test_big_bodies_go_both_ways(host: DevHost) -> None:
    seen = await echo(host, Asked("/echo", "POST", body=b"y" * LIMIT))
    told = await ask(host.admin_url, "/big")
    assert len(base64.b64decode(seen["body"])) == LIMIT
    assert len(told.body) == 8_000_000


async def test_a_body_beyond_the_limit_gets_a_bare_500_before_the_function(host: DevHost) -> None:
    told = await ask(host.admin_url, Asked("/waits/never", "POST", [("Content-Length", str(LIMIT + 1))]))
    assert (told.status, told.body) == (500, b"")
    assert host.app.notes(rest="never") == []


@pytest.mark.parametrize(
    "path", ["/raises", "/raises-late", "/latin-1", "/accent", "/wrong-length", "/bad-cookie", "/silent"]
)
async def test_what_raises_or_is_no_answer_is_a_bare_500(host: DevHost, path: str) -> None:
    told = await ask(host.admin_url, path)
    assert (told.status, told.body) == (500, b"")
    await host.wait_for_log(f"Api failed on GET {path}: ")


async def test_a_path_that_is_not_utf_8_raises_in_the_bridge_before_the_app(host: DevHost) -> None:
    told = await ask(host.admin_url, "/echo/%FF")
    assert (told.status, told.body) == (500, b"")
    await host.wait_for_log("UnicodeDecodeError")


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/echo/a%2Fb", "/echo/a/b"),
        ("/echo/a%252Fb", "/echo/a/b"),
        ("/echo/a%20b%C3%A9", "/echo/a bé"),
        ("/echo/a;v=1", "/echo/a"),
        ("/echo/./x/../b", "/echo/b"),
        ("//echo", "//echo"),
    ],
)
async def test_what_the_app_sees_of_a_path(host: DevHost, target: str, path: str) -> None:
    assert (await echo(host, target))["path"] == path


async def test_headers_given_twice_collapse_but_cookies_survive(host: DevHost) -> None:
    twice, cookies = [await ask(host.admin_url, path) for path in ("/twice", "/cookies")]
    assert (twice.header("x-many"), twice.header("x-case")) == (["2"], ["upper"])
    assert cookies.header("set-cookie") == [
        "one=1; domain=; path=/; samesite=lax; httponly",
        "two=2; max-age=60; domain=; path=",
    ]


async def test_nothing_streams(host: DevHost) -> None:
    answer = asyncio.create_task(ask(host.admin_url, "/streams"))
    await host.app.wait_for_notes(1, at="sent", number=0)
    assert not answer.done()
    host.app.open_gate("stream")
    assert (await answer).body == b"012"


async def test_work_after_the_answer_holds_it_up(host: DevHost) -> None:
    answer = asyncio.create_task(ask(host.admin_url, "/works-on"))
    await host.app.wait_for_notes(1, at="answered")
    assert not answer.done()
    host.app.open_gate("works-on")
    assert (await answer).body == b"ok"


async def test_requests_run_at_the_same_time(host: DevHost) -> None:
    answers = [asyncio.create_task(ask(host.admin_url, "/waits/together")) for _ in range(4)]
    await host.app.wait_for_notes(4, at="began", rest="together")
    host.app.open_gate("together")
    assert [answer.status for answer in await asyncio.gather(*answers)] == [200] * 4


async def test_a_client_that_goes_away_does_not_end_the_function(host: DevHost) -> None:
    port = int(host.admin_url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /waits/left HTTP/1.1\r\nHost: x\r\n\r\n")
    await host.app.wait_for_notes(1, at="began", rest="left")
    writer.close()
    assert (await ask(host.admin_url, "/status/200")).status == 200
    host.app.open_gate("left")
    await host.app.wait_for_notes(1, at="ended", rest="left")


@pytest.mark.parametrize("path", ["/admin", "/admin/echo", "/ADMIN/echo", "/runtime/echo"])
async def test_what_the_host_keeps_for_itself_never_reaches_the_app(host: DevHost, path: str) -> None:
    assert (await ask(host.admin_url, path)).status == 404


async def test_the_admin_api_stays(host: DevHost) -> None:
    status = await ask(host.admin_url, "/admin/host/status")
    by_hand = await ask(
        host.admin_url,
        Asked("/admin/functions/Api?wait=true", "POST", [("Content-Type", "application/json")], b"{}"),
    )
    assert status.json()["state"] == "Running"
    assert by_hand.status == 500
    assert "Api is an HTTP function. Send a request to" in by_hand.json()["error"]


async def test_any_name_of_the_host_reaches_the_app_but_not_the_admin_api(host: DevHost) -> None:
    rebound = [("Host", "rebound.example")]
    seen = await echo(host, Asked("/echo", headers=rebound))
    assert ["host", "rebound.example"] in seen["headers"]
    assert (await ask(host.admin_url, Asked("/admin/host/status", headers=rebound))).status == 403


@pytest.mark.parametrize(
    "asked",
    [
        Asked("/echo", headers=[("Host", "a b")]),
        Asked("/echo", headers=[("X-Name", b"\xe9")]),
        Asked("/echo/%00"),
    ],
    ids=["host", "header", "nul"],
)
async def test_requests_that_no_server_takes(host: DevHost, asked: Asked) -> None:
    assert (await ask(host.admin_url, asked)).status == 400


async def test_what_is_no_http_is_refused_and_logged_in_one_line(host: DevHost) -> None:
    port = int(host.admin_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"400"
    writer.close()
    await host.wait_for_log("WARNING aiohttp.server: A request was refused: 400")


async def test_a_body_that_breaks_off_never_reaches_the_app(host: DevHost) -> None:
    port = int(host.admin_url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /waits/broken HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
    await writer.drain()
    writer.close()
    assert (await ask(host.admin_url, "/status/200")).status == 200
    assert host.app.notes(rest="broken") == []
    assert "ConnectionResetError" not in host.log


async def test_a_method_that_the_route_does_not_name_is_not_found(host: DevHost) -> None:
    assert (await ask(host.admin_url, Asked("/echo", "TRACE"))).status == 404


async def test_what_a_plain_function_sees_and_may_return(tmp_path: Path) -> None:
    app = host_process.AppFolder(tmp_path, http_apps.PLAIN)
    async with host_process.running(app, NO_STORAGE) as host:

        async def told(target: str) -> Told:
            return await ask(host.admin_url, target)

        assert f"Plain  [GET,POST] {host.admin_url}/api/{{*rest}}" in host.output
        seen = (await told("/api/a%2Fb/c?x=1&x=2&empty=")).json()
        assert seen["rest"] == "a%2Fb/c"
        assert seen["url"] == f"{host.admin_url}/api/a%2Fb/c?x=1&x=2&empty="
        assert seen["params"] == {"x": "1,2"}
        for target in ("/api/none", "/api/dict", "/api/no-status"):
            assert ((await told(target)).status, (await told(target)).body) == (500, b"")
        await host.wait_for_log("returned NoneType; return an azure.functions.HttpResponse")
        text = await told("/api/text")
        assert (text.status, text.header("content-type"), text.body) == (
            200,
            ["text/plain; charset=utf-8"],
            b"just text",
        )
        assert (await told("/elsewhere")).status == 404
        homepage = await told("/")
        assert homepage.status == 200
        assert b"AzureWebJobsDisableHomepage" in homepage.body
