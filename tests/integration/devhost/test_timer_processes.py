"""Do real hosts keep their timers apart, and in mind, when they stop, die and start again?"""

from __future__ import annotations

import signal
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from azure.storage.blob.aio import BlobServiceClient

from devhost import host_id
from devhost.app_settings import AppSettings
from tests.azurite import Azurite
from tests.integration.devhost import host_process, timers
from tests.integration.devhost.host_process import AppFolder
from tests.integration.devhost.timers import at
from tests.patience import until

EVERY_SECOND = """
@app.timer_trigger(arg_name="timer", schedule="* * * * * *")
async def Ticks(timer: func.TimerRequest) -> None:
    note(pid=os.getpid(), second=int(time.time()))
"""
WEEKLY = """
@app.timer_trigger(arg_name="timer", schedule="0 0 9 * * 1")
async def Weekly(timer: func.TimerRequest) -> None:
    note(at="began", past_due=timer.past_due, next=timer.schedule_status["Next"])
    await gate("end")
    note(at="ended")
"""


def as_if(text: str) -> dict[str, str]:
    """Return the environment of a host for which it is that instant of November 2026."""
    return {"DEVHOST_CLOCK_OFFSET_SECONDS": str((at(text) - datetime.now(UTC)).total_seconds())}


async def test_two_hosts_fire_a_timer_once_and_one_follows_the_other(azurite: Azurite, tmp_path: Path) -> None:
    app = AppFolder(tmp_path, EVERY_SECOND)
    both = {"AzureFunctionsWebHost__hostid": "two-hosts", "DEVHOST_LOCK_RETRY_SECONDS": "0.2"}
    async with (
        host_process.running(app, azurite.connection_string, **both) as first,
        host_process.running(app, azurite.connection_string, **both) as second,
    ):
        await app.wait_for_notes(len(app.notes()) + 2, pid=first.process.pid)
        assert app.notes(pid=second.process.pid) == []
        first.process.send_signal(signal.SIGTERM)
        assert await first.exit_code() == 0
        await app.wait_for_notes(1, pid=second.process.pid)
    runs = Counter(note["second"] for note in app.notes())
    assert set(runs.values()) == {1}


async def test_a_weekend_down_is_one_past_due_run_on_return(azurite: Azurite, tmp_path: Path) -> None:
    app = AppFolder(tmp_path, WEEKLY)
    app.open_gate("end")
    for friday_or_monday, runs in (("20T20:00:00", 0), ("23T10:00:00", 1), ("23T10:30:00", 1)):
        async with host_process.running(app, azurite.connection_string, **as_if(friday_or_monday)) as host:
            await app.wait_for_notes(runs, at="ended")
            host.process.send_signal(signal.SIGTERM)
            assert await host.exit_code() == 0
    assert app.notes(at="began") == [{"at": "began", "past_due": True, "next": "2026-11-23T09:00:00+00:00"}]


async def test_a_run_that_was_killed_is_repeated_at_the_next_start(
    azurite: Azurite, blobs: BlobServiceClient, tmp_path: Path
) -> None:
    app, named = AppFolder(tmp_path, WEEKLY), {"AzureFunctionsWebHost__hostid": "killed"}
    async with host_process.running(app, azurite.connection_string, **as_if("20T20:00:00"), **named):
        pass  # killed at the end of the block, and so below
    await timers.break_lock(blobs, "Weekly", "killed")
    async with host_process.running(app, azurite.connection_string, **as_if("23T10:00:00"), **named):
        await app.wait_for_notes(1, at="began")
    await timers.break_lock(blobs, "Weekly", "killed")
    async with host_process.running(app, azurite.connection_string, **as_if("23T10:01:00"), **named):
        await app.wait_for_notes(2, at="began")
        app.open_gate("end")
        await app.wait_for_notes(1, at="ended")
    assert [note["past_due"] for note in app.notes(at="began")] == [True, True]


async def test_a_worker_that_starts_anew_keeps_the_lock(azurite: Azurite, tmp_path: Path) -> None:
    source = EVERY_SECOND + "    if not pathlib.Path('open-worker').exists():\n        sys.exit(3)\n"
    app = AppFolder(tmp_path, source)
    async with host_process.running(app, azurite.connection_string) as host:
        await host.wait_until_ready(times=2)
        app.open_gate("worker")
        await app.wait_for_notes(len(app.notes()) + 1)


async def test_locks_and_statuses_are_in_the_folder_of_the_host_id(
    azurite: Azurite, blobs: BlobServiceClient, tmp_path: Path
) -> None:
    app = AppFolder(tmp_path, WEEKLY)
    name = host_id.of(tmp_path, AppSettings({}))
    async with host_process.running(app, azurite.connection_string, **as_if("20T20:00:00")):
        assert (await timers.stored_status(blobs, "Weekly", name))["Next"] == "2026-11-23T09:00:00+00:00"
        lock = blobs.get_blob_client("azure-webjobs-hosts", f"locks/{name}/Host.Functions.Weekly.Listener")

        async def is_leased() -> bool:
            return (await lock.get_blob_properties()).lease.state == "leased"

        await until(is_leased, "the lease")
