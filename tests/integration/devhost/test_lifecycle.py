"""How does the host end, and what becomes of the messages that were running?"""

from __future__ import annotations

import signal
from pathlib import Path

from azure.storage.queue.aio import QueueServiceClient

from tests.azurite import Azurite
from tests.integration.devhost import host_process
from tests.integration.devhost.host_process import AppFolder, depth
from tests.patience import until

APP = """
@queue("%QUEUE%", data_type=func.DataType.BINARY)
async def Works(msg: func.QueueMessage) -> None:
    body, count = msg.get_body().decode(), msg.dequeue_count
    note(at="began", body=body, count=count)
    if body == "exits" and count == 1:
        await gate("exit")
        sys.exit(3)
    if body == "blocks" and count == 1:
        time.sleep(60)
    if body == "waits" and count == 1:
        await gate("end")
    note(at="ended", body=body, count=count)
"""
SHORT = {"DEVHOST_RECEIVE_VISIBILITY_SECONDS": "3"}


async def test_sigterm_finishes_what_runs_and_receives_no_more(
    azurite: Azurite, queues: QueueServiceClient, tmp_path: Path
) -> None:
    queue = await queues.create_queue("stops")
    await queue.send_message("waits")
    app = AppFolder(tmp_path, APP)
    async with host_process.running(app, azurite.connection_string, QUEUE="stops") as host:
        await app.wait_for_notes(1, at="began")
        host.process.send_signal(signal.SIGTERM)
        await host.wait_for_log("Stopping: receiving no more")
        await queue.send_message("later")
        app.open_gate("end")
        assert await host.exit_code() == 0
    assert [note["body"] for note in app.notes(at="ended")] == ["waits"]
    assert await depth(queue) == 1


async def test_a_stop_waits_no_longer_than_its_limit(
    azurite: Azurite, queues: QueueServiceClient, tmp_path: Path
) -> None:
    queue = await queues.create_queue("stops-late")
    await queue.send_message("waits")
    app = AppFolder(tmp_path, APP)
    async with host_process.running(app, azurite.connection_string, "--stop-limit", "0.5", QUEUE="stops-late") as host:
        await app.wait_for_notes(1, at="began")
        host.process.send_signal(signal.SIGTERM)
        assert await host.exit_code() == 1
        assert "1 invocations did not finish in 0.5 s; their messages come again" in host.log
    assert await depth(queue) == 1


async def test_a_second_signal_stops_at_once(azurite: Azurite, queues: QueueServiceClient, tmp_path: Path) -> None:
    queue = await queues.create_queue("stops-twice")
    await queue.send_message("waits")
    app = AppFolder(tmp_path, APP)
    async with host_process.running(app, azurite.connection_string, QUEUE="stops-twice") as host:
        await app.wait_for_notes(1, at="began")
        host.process.send_signal(signal.SIGINT)
        await host.wait_for_log("Stopping")
        host.process.send_signal(signal.SIGINT)
        assert await host.exit_code() == 128 + signal.SIGINT


async def test_a_killed_host_leaves_its_message_to_the_next(
    azurite: Azurite, queues: QueueServiceClient, tmp_path: Path
) -> None:
    queue = await queues.create_queue("is-killed")
    await queue.send_message("waits")
    app = AppFolder(tmp_path, APP)
    async with host_process.running(app, azurite.connection_string, QUEUE="is-killed", **SHORT):
        await app.wait_for_notes(1, at="began")
    async with host_process.running(app, azurite.connection_string, QUEUE="is-killed", **SHORT):
        await app.wait_for_notes(1, at="ended", count=2)


async def test_sys_exit_loses_every_call_in_flight_and_the_worker_starts_anew(
    azurite: Azurite, queues: QueueServiceClient, tmp_path: Path
) -> None:
    queue = await queues.create_queue("exits")
    await queue.send_message("waits")
    await queue.send_message("exits")
    app = AppFolder(tmp_path, APP)
    async with host_process.running(app, azurite.connection_string, QUEUE="exits", **SHORT) as host:
        await app.wait_for_notes(2, at="began", count=1)
        app.open_gate("exit")
        await host.wait_until_ready(times=2)
        assert "Function Works called sys.exit(3). The worker is lost with every call in flight" in host.log
        await app.wait_for_notes(1, at="ended", body="waits", count=2)
        await app.wait_for_notes(1, at="ended", body="exits", count=2)
        await until(lambda: is_empty(queue), "an empty queue")


async def test_function_timeout_restarts_the_worker_even_when_the_event_loop_is_blocked(
    azurite: Azurite, queues: QueueServiceClient, tmp_path: Path
) -> None:
    queue = await queues.create_queue("outlasts")
    app = AppFolder(tmp_path, APP, functionTimeout="00:00:01")
    async with host_process.running(app, azurite.connection_string, QUEUE="outlasts", **SHORT) as host:
        await queue.send_message("blocks")
        await host.wait_until_ready(times=2)
        assert "Function Works outlasted functionTimeout (1 s)" in host.log
        await app.wait_for_notes(1, at="ended", body="blocks", count=2)


async def is_empty(queue) -> bool:  # type: ignore[no-untyped-def]
    return await depth(queue) == 0
