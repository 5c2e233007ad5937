"""What becomes of requests when the host stops, or its worker is lost? And which HTTP functions aren't served?"""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from tests.integration.devhost import host_process, http_apps
from tests.integration.devhost.host_process import AppFolder
from tests.integration.devhost.http_client import Asked, ask

NO_STORAGE = "UseDevelopmentStorage=true"


async def test_a_stop_lets_requests_in_flight_finish_and_takes_no_others(tmp_path: Path) -> None:
    app = http_apps.site(tmp_path)
    async with host_process.running(app, NO_STORAGE) as host:
        waiting = asyncio.create_task(ask(host.admin_url, "/waits/end"))
        await app.wait_for_notes(1, at="began")
        host.process.send_signal(signal.SIGTERM)
        await host.wait_for_log("Stopping")
        assert (await ask(host.admin_url, "/status/200")).status == 503
        app.open_gate("end")
        told = await waiting
        assert (told.status, told.body) == (200, b"ok")
        assert await host.exit_code() == 0


async def test_a_lost_worker_gives_bare_500s_and_the_next_request_works_at_the_same_address(tmp_path: Path) -> None:
    app = http_apps.site(tmp_path)
    async with host_process.running(app, NO_STORAGE) as host:
        waiting = asyncio.create_task(ask(host.admin_url, "/waits/never"))
        await app.wait_for_notes(1, at="began")
        exits = await ask(host.admin_url, "/exits")
        assert (exits.status, exits.body) == (500, b"")
        assert (await waiting).status == 500
        assert (await ask(host.admin_url, "/status/200")).status == 200
        await host.wait_until_ready(times=2)
        assert "Function Api called sys.exit(3)" in host.log


async def test_a_request_that_outlasts_function_timeout_gets_a_bare_500_though_the_loop_is_blocked(
    tmp_path: Path,
) -> None:
    app = http_apps.site(tmp_path, functionTimeout="00:00:01")
    async with host_process.running(app, NO_STORAGE) as host:
        blocks = await ask(host.admin_url, "/blocks")
        assert (blocks.status, blocks.body) == (500, b"")
        assert (await ask(host.admin_url, "/status/200")).status == 200
        assert "Function Api outlasted functionTimeout (1 s)" in host.log


REFUSED = """
Level = func.AuthLevel

@app.route(route="hello", auth_level=Level.ANONYMOUS)
def Hello(req: func.HttpRequest) -> str: ...

@app.route(auth_level=Level.ANONYMOUS)
def Nameless(req: func.HttpRequest) -> str: ...

@app.route(route="{*rest}")
def Keyed(req: func.HttpRequest) -> str: ...

@app.route(route="{*rest}", auth_level=Level.ANONYMOUS)
def Text(req: str) -> str: ...

@app.route(route="/{*rest}", auth_level=Level.ANONYMOUS)
def Served(req: func.HttpRequest) -> str:
    return "ok"

@app.route(route="{*other}", auth_level=Level.ANONYMOUS)
def Second(req: func.HttpRequest) -> str: ...
"""


async def test_other_routes_and_auth_levels_are_refused_with_the_remedy(tmp_path: Path) -> None:
    async with host_process.running(AppFolder(tmp_path, REFUSED), NO_STORAGE) as host:
        said = {line.split()[0]: line for line in host.output.splitlines() if line.startswith("  ")}
        assert "IN ERROR: its route is 'hello', and devhost serves a catch-all only" in said["Hello"]
        assert "IN ERROR: its route is 'Nameless'" in said["Nameless"]
        assert "IN ERROR: its auth level is FUNCTION, and devhost has no keys" in said["Keyed"]
        assert "Write auth_level=func.AuthLevel.ANONYMOUS" in said["Keyed"]
        assert "IN ERROR: its req is annotated as text or bytes" in said["Text"]
        assert "IN ERROR: Served has the same route" in said["Second"]
        assert (await ask(host.admin_url, Asked("/api/", "DELETE"))).body == b"ok"
