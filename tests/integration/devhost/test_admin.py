"""What does the admin API answer, and what does it run?"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from azure.storage.queue.aio import QueueServiceClient

from tests.azurite import Azurite
from tests.integration.devhost import host_process
from tests.integration.devhost.host_process import AppFolder, DevHost, depth

APP = """
@app.timer_trigger(arg_name="timer", schedule="0 0 9 1 1 *")
async def Yearly(timer: func.TimerRequest) -> None:
    note(at="yearly", past_due=timer.past_due, next=timer.schedule_status["Next"])

@queue("by-hand")
async def Works(msg: func.QueueMessage) -> None:
    body = msg.get_body().decode()
    note(at="began", body=body, count=msg.dequeue_count)
    if body == "waits":
        await gate("end")
    if body == "fails":
        raise ValueError("as asked")
    note(at="ended", body=body)

@queue("Bad--Name")
async def Broken(msg: func.QueueMessage) -> None: ...
"""


@asynccontextmanager
async def admin_of(app: AppFolder, azurite: Azurite) -> AsyncIterator[tuple[DevHost, aiohttp.ClientSession]]:
    """Run `app`, with a client of its admin API."""
    async with (
        host_process.running(app, azurite.connection_string) as host,
        aiohttp.ClientSession(host.admin_url) as client,
    ):
        yield host, client


async def answer(client: aiohttp.ClientSession, path: str, **request: Any) -> tuple[int, Any]:
    """POST to `path`; return the status and the JSON of the answer, None when there is none."""
    async with client.post(f"/admin/functions/{path}", **request) as response:
        text = await response.read()
        return response.status, await response.json() if text else None


async def test_status_says_that_the_host_runs_and_what_is_in_error(azurite: Azurite, tmp_path: Path) -> None:
    async with admin_of(AppFolder(tmp_path, APP), azurite) as (_, client), client.get("/admin/host/status") as response:
        status = await response.json()
    assert (response.status, status["state"]) == (200, "Running")
    assert status["processUptime"] > 0
    (error,) = status["errors"]
    assert error.startswith("Broken is IN ERROR: 'bad--name'")


async def test_a_function_runs_by_hand_with_202_and_no_result(azurite: Azurite, tmp_path: Path) -> None:
    app = AppFolder(tmp_path, APP)
    async with admin_of(app, azurite) as (_, client):
        assert await answer(client, "works", json={"input": "hello"}) == (202, None)
        await app.wait_for_notes(1, at="ended", body="hello")
    assert app.notes(at="began") == [{"at": "began", "body": "hello", "count": 0}]


async def test_waiting_gives_the_outcome(azurite: Azurite, queues: QueueServiceClient, tmp_path: Path) -> None:
    app = AppFolder(tmp_path, APP)
    async with admin_of(app, azurite) as (host, client):
        status, outcome = await answer(client, "Works?wait=true", json={"input": "hello"})
        assert (status, outcome["function"], outcome["outcome"], outcome["error"]) == (200, "Works", "succeeded", None)
        status, outcome = await answer(client, "Works?wait=true", json={"input": "fails"})
        assert (status, outcome["outcome"], outcome["error"]) == (500, "failed", "ValueError: as asked")
        await host.wait_for_log("Works, run by hand, failed")


async def test_a_timer_runs_by_hand_beside_its_schedule(azurite: Azurite, tmp_path: Path) -> None:
    app = AppFolder(tmp_path, APP)
    async with admin_of(app, azurite) as (_, client):
        for _ in range(2):
            assert (await answer(client, "Yearly?wait=true", json={}))[0] == 200
    first, second = app.notes(at="yearly")
    assert first == second
    assert first["past_due"] is False
    assert "-01-01T09:00:00+00:00" in first["next"]


async def test_requests_that_run_nothing(azurite: Azurite, tmp_path: Path) -> None:
    app = AppFolder(tmp_path, APP)
    async with admin_of(app, azurite) as (_, client):
        as_json = {"Content-Type": "application/json"}
        assert (await answer(client, "Unknown", json={}))[0] == 404
        assert (await answer(client, "Broken", json={}))[0] == 404
        assert (await answer(client, "Works"))[0] == 400
        assert (await answer(client, "Works", data=b"{", headers=as_json))[0] == 400
        assert (await answer(client, "Works", json=["hello"]))[0] == 400
        assert (await answer(client, "Works", json={"input": 5}))[0] == 400
        assert (await answer(client, "Works", data=b'{"input": "x"}', headers={"Content-Type": "text/plain"}))[0] == 415
        assert (await answer(client, "Works", data=b"[" * 20_000, headers=as_json))[0] == 400
        assert (await answer(client, "Works", data=b'{"input": "\\ud800"}', headers=as_json))[0] == 400
        for charset in ("bogus", "base64"):
            unknown = {"Content-Type": f"application/json; charset={charset}"}
            assert (await answer(client, "Works", data=b"{}", headers=unknown))[0] == 400
    assert app.notes() == []


async def test_only_requests_to_names_of_this_machine_are_answered(azurite: Azurite, tmp_path: Path) -> None:
    app = AppFolder(tmp_path, APP)
    async with admin_of(app, azurite) as (_, client):
        for name in ("rebound.example", "rebound.example:7071", "127.0.0.1.rebound.example", "[", "a b", ""):
            assert (await answer(client, "Works", json={}, headers={"Host": name}))[0] in (400, 403)
            for path in ("/admin/host/status", "/", "/elsewhere"):
                async with client.get(path, headers={"Host": name}) as response:
                    assert response.status in (400, 403), (name, path)
        async with client.get("/admin/host/status", headers={"Host": "localhost:7071"}) as response:
            assert response.status == 200
    assert app.notes() == []


async def test_a_stop_finishes_what_runs_by_hand_and_answers(
    azurite: Azurite, queues: QueueServiceClient, tmp_path: Path
) -> None:
    queue = await queues.create_queue("by-hand")
    app = AppFolder(tmp_path, APP)
    async with admin_of(app, azurite) as (host, client):
        waiting = asyncio.create_task(answer(client, "Works?wait=true", json={"input": "waits"}))
        await app.wait_for_notes(1, at="began", body="waits")
        host.process.send_signal(signal.SIGTERM)
        await host.wait_for_log("Stopping")
        assert (await answer(client, "Works", json={"input": "later"}))[0] == 503
        app.open_gate("end")
        assert (await waiting)[0] == 200
        assert await host.exit_code() == 0
    assert await depth(queue) == 0


async def test_a_port_that_is_taken_is_refused_when_asked_for(azurite: Azurite, tmp_path: Path) -> None:
    async with admin_of(AppFolder(tmp_path / "first", APP), azurite) as (host, _):
        port = host.admin_url.rpartition(":")[2]
        other = await host_process.start(AppFolder(tmp_path / "second", APP), azurite.connection_string, "--port", port)
        assert await other.exit_code() == 2
        assert f"Port {port} can't be had" in other.log
        assert "Name another with --port" in other.log
