"""Does a timer behave as under the real host? One test a rule, over real blobs and with a clock that the test moves."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from azure.functions import TimerRequest
from azure.storage.blob.aio import BlobServiceClient

from devhost.host_clock import HostClock
from devhost.invocation import Context
from devhost.retry_policy import RetryPolicy
from tests.integration.devhost import timers
from tests.integration.devhost.timers import HOST_ID, MovedClock, at, listening, store_status, stored_status
from tests.patience import until

MONDAYS = "0 0 9 * * 1"
HOURLY = "0 0 * * * *"
YEAR_1 = "0001-01-01T00:00:00"


class Runs:
    """A timer function that notes its requests, and waits at its gate while that is closed."""

    def __init__(self, *, gated: bool = False) -> None:
        self.requests: list[TimerRequest] = []
        self.ended = 0
        self.most_at_a_time = 0
        self.gate = asyncio.Event()
        if not gated:
            self.gate.set()

    async def call(self, timer: TimerRequest) -> None:
        self.requests.append(timer)
        self.most_at_a_time = max(self.most_at_a_time, len(self.requests) - self.ended)
        await self.gate.wait()
        self.ended += 1

    async def until_begun(self, count: int) -> None:
        await until(lambda: len(self.requests) >= count, f"run {count}")

    async def until_ended(self, count: int) -> None:
        await until(lambda: self.ended >= count, f"the end of run {count}")


async def until_status(blobs: BlobServiceClient, name: str, **members: str) -> None:
    async def holds() -> bool:
        return members.items() <= (await stored_status(blobs, name)).items()

    await until(holds, f"the status {members}")


async def test_the_status_blob_has_last_next_and_last_updated(blobs: BlobServiceClient) -> None:
    runs, clock = Runs(), MovedClock(at("20T20:00:00"))
    async with listening(timers.listener(blobs, "Status", runs.call, MONDAYS, clock)):
        assert await stored_status(blobs, "Status") == {
            "Last": YEAR_1,
            "Next": "2026-11-23T09:00:00+00:00",
            "LastUpdated": "2026-11-20T20:00:00+00:00",
        }
        clock.move_to(at("23T09:00:00.5"))
        began = "2026-11-23T09:00:00.500000+00:00"
        await until_status(blobs, "Status", Last=began, Next="2026-11-30T09:00:00+00:00", LastUpdated=began)
    assert [request.past_due for request in runs.requests] == [False]


async def test_a_function_sees_the_status_before_its_run(blobs: BlobServiceClient) -> None:
    runs, clock = Runs(), MovedClock(at("20T20:00:00"))
    async with listening(timers.listener(blobs, "Sees", runs.call, MONDAYS, clock)):
        clock.move_to(at("23T09:00:00"))
        await runs.until_begun(1)
    (request,) = runs.requests
    assert request.schedule_status["Last"] == YEAR_1
    assert request.schedule_status["Next"] == "2026-11-23T09:00:00+00:00"
    assert request.schedule_status["LastUpdated"] == YEAR_1  # though the stored status says when
    assert request.schedule == {"AdjustForDST": True}


async def test_past_due_at_start_is_one_immediate_run(blobs: BlobServiceClient) -> None:
    await store_status(blobs, "PastDue", "20T09:00:00", "20T10:00:00")
    runs, clock = Runs(), MovedClock(at("24T09:30:00"))
    async with listening(timers.listener(blobs, "PastDue", runs.call, HOURLY, clock)):
        await until_status(blobs, "PastDue", Next="2026-11-24T10:00:00+00:00")
    (request,) = runs.requests
    assert request.past_due is True
    assert request.schedule_status["Next"] == "2026-11-20T10:00:00+00:00"


async def test_past_due_is_computed_only_at_start(blobs: BlobServiceClient) -> None:
    runs, clock = Runs(), MovedClock(at("24T09:30:00"))
    async with listening(timers.listener(blobs, "Asleep", runs.call, HOURLY, clock)):
        clock.move_to(at("26T09:30:00"))
        await until_status(blobs, "Asleep", Next="2026-11-26T10:00:00+00:00")
    assert [request.past_due for request in runs.requests] == [False]


async def test_a_changed_schedule_re_bases_instead_of_being_past_due(blobs: BlobServiceClient) -> None:
    await store_status(blobs, "Changed", "20T09:00:00", "20T10:00:00")
    runs, clock = Runs(), MovedClock(at("24T09:30:00"))
    async with listening(timers.listener(blobs, "Changed", runs.call, MONDAYS, clock)):
        assert await stored_status(blobs, "Changed") == {
            "Last": YEAR_1,
            "Next": "2026-11-30T09:00:00+00:00",
            "LastUpdated": "2026-11-24T09:30:00+00:00",
        }
    assert runs.requests == []


async def test_an_unreadable_status_counts_as_a_new_timer(blobs: BlobServiceClient) -> None:
    await store_status(blobs, "Spoilt", "20T09:00:00", "20T10:00:00")
    blob = blobs.get_blob_client("azure-webjobs-hosts", f"timers/{HOST_ID}/Host.Functions.Spoilt/status")
    await blob.upload_blob(b"\xff{", overwrite=True)
    runs, clock = Runs(), MovedClock(at("24T09:30:00"))
    async with listening(timers.listener(blobs, "Spoilt", runs.call, HOURLY, clock)):
        assert (await stored_status(blobs, "Spoilt"))["Next"] == "2026-11-24T10:00:00+00:00"
    assert runs.requests == []


async def test_one_run_at_a_time_and_an_overrun_fires_again_at_once(blobs: BlobServiceClient) -> None:
    runs, clock = Runs(gated=True), MovedClock(at("24T09:30:00"))
    async with listening(timers.listener(blobs, "Overrun", runs.call, HOURLY, clock)):
        clock.move_to(at("24T10:00:00"))
        await runs.until_begun(1)
        clock.move_to(at("24T13:20:00"))
        runs.gate.set()
        await runs.until_ended(2)
        # Next of the first run is next(10:00), long over when it ended; that of the second is next(13:20).
        await until_status(blobs, "Overrun", Last="2026-11-24T13:20:00+00:00", Next="2026-11-24T14:00:00+00:00")
    assert [request.past_due for request in runs.requests] == [False, False]
    assert runs.requests[1].schedule_status["Next"] == "2026-11-24T11:00:00+00:00"
    assert runs.most_at_a_time == 1


async def test_the_status_is_saved_after_the_run(blobs: BlobServiceClient) -> None:
    runs, clock = Runs(gated=True), MovedClock(at("24T09:30:00"))
    async with listening(timers.listener(blobs, "Saved", runs.call, HOURLY, clock)):
        clock.move_to(at("24T10:00:00"))
        await runs.until_begun(1)
        assert (await stored_status(blobs, "Saved"))["Last"] == YEAR_1
        runs.gate.set()
        await until_status(blobs, "Saved", Last="2026-11-24T10:00:00+00:00")


async def test_a_host_that_fires_early_fires_once_an_instant(blobs: BlobServiceClient) -> None:
    clock = HostClock(early=timedelta(milliseconds=20))
    seen: list[Any] = []

    async def call(timer: TimerRequest) -> None:
        seen.append(clock.now())

    async with listening(timers.listener(blobs, "Early", call, "* * * * * *", clock, keeps_status=False)):
        await until(lambda: len(seen) >= 3, "three runs")
    meant = [(instant + timedelta(milliseconds=20)).replace(microsecond=0) for instant in seen]
    assert meant == sorted(set(meant))


async def test_run_on_startup_runs_at_start_and_then_by_schedule(blobs: BlobServiceClient) -> None:
    runs, clock = Runs(), MovedClock(at("24T09:30:00"))
    async with listening(timers.listener(blobs, "Startup", runs.call, HOURLY, clock, on_startup=True)):
        await until_status(blobs, "Startup", Last="2026-11-24T09:30:00+00:00", Next="2026-11-24T10:00:00+00:00")
        clock.move_to(at("24T10:00:00"))
        await runs.until_ended(2)
    assert [request.past_due for request in runs.requests] == [False, False]


async def test_a_past_due_start_with_run_on_startup_is_one_run(blobs: BlobServiceClient) -> None:
    await store_status(blobs, "Both", "20T09:00:00", "20T10:00:00")
    runs, clock = Runs(), MovedClock(at("24T09:30:00"))
    async with listening(timers.listener(blobs, "Both", runs.call, HOURLY, clock, on_startup=True)):
        await until_status(blobs, "Both", Next="2026-11-24T10:00:00+00:00")
    assert [request.past_due for request in runs.requests] == [True]


async def test_without_monitor_there_is_no_status_and_no_past_due(blobs: BlobServiceClient) -> None:
    await store_status(blobs, "Unmonitored", "20T09:00:00", "20T10:00:00")
    runs, clock = Runs(), MovedClock(at("24T09:30:00"))
    async with listening(timers.listener(blobs, "Unmonitored", runs.call, HOURLY, clock, keeps_status=False)):
        clock.move_to(at("24T10:00:00"))
        await runs.until_ended(1)
    assert runs.requests[0].past_due is False
    assert runs.requests[0].schedule_status == {}
    assert (await stored_status(blobs, "Unmonitored"))["Next"] == "2026-11-20T10:00:00+00:00"


async def test_n_retries_are_n_plus_1_runs_and_the_schedule_goes_on(blobs: BlobServiceClient) -> None:
    clock, retries = MovedClock(at("24T09:30:00")), []

    async def call(timer: TimerRequest, context: Context) -> None:
        retry = context.retry_context
        assert retry is not None
        retries.append((retry.retry_count, retry.max_retry_count))
        raise ValueError("fails")

    async with listening(timers.listener(blobs, "Retried", call, HOURLY, clock, retry=RetryPolicy(2, 0.01, 0.01))):
        clock.move_to(at("24T10:00:00"))
        await until_status(blobs, "Retried", Next="2026-11-24T11:00:00+00:00")
        assert retries == [(0, 2), (1, 2), (2, 2)]
        clock.move_to(at("24T11:00:00"))
        await until_status(blobs, "Retried", Next="2026-11-24T12:00:00+00:00")
        assert len(retries) == 6


async def test_only_the_holder_of_the_lock_runs_and_another_follows_it(blobs: BlobServiceClient) -> None:
    first, second, clock = Runs(), Runs(), MovedClock(at("24T09:30:00"))
    holder = timers.listener(blobs, "Locked", first.call, HOURLY, clock)
    async with listening(timers.listener(blobs, "Locked", second.call, HOURLY, clock)):
        pass  # it gives the lock back when it stops
    async with listening(holder, timers.listener(blobs, "Locked", second.call, HOURLY, clock)):
        clock.move_to(at("24T10:00:00"))
        await until_status(blobs, "Locked", Next="2026-11-24T11:00:00+00:00")
        await holder.stop()
        clock.move_to(at("24T11:00:00"))
        await second.until_ended(1)
    assert len(first.requests) == 1


async def test_the_lock_is_the_lease_of_a_blob_and_is_given_back_by_a_stop(blobs: BlobServiceClient) -> None:
    clock = MovedClock(at("24T09:30:00"))
    blob = blobs.get_blob_client("azure-webjobs-hosts", f"locks/{HOST_ID}/Host.Functions.Leased.Listener")
    async with listening(timers.listener(blobs, "Leased", Runs().call, HOURLY, clock)):
        lease = (await blob.get_blob_properties()).lease
        assert (lease.state, lease.duration) == ("leased", "fixed")
    assert (await blob.get_blob_properties()).lease.state == "available"


async def test_a_lost_lease_can_give_a_second_run_while_the_first_goes_on(blobs: BlobServiceClient) -> None:
    first, second, clock = Runs(gated=True), Runs(), MovedClock(at("24T09:30:00"))
    loser = timers.listener(blobs, "Lost", first.call, HOURLY, clock, renewal_seconds=30)
    async with listening(loser, timers.listener(blobs, "Lost", second.call, HOURLY, clock)):
        clock.move_to(at("24T10:00:05"))
        await first.until_begun(1)
        await timers.break_lock(blobs, "Lost")
        await second.until_ended(1)
        assert second.requests[0].past_due is True
        assert first.ended == 0
        first.gate.set()
        await first.until_ended(1)


async def test_a_host_that_lost_its_lock_fires_no_more(
    blobs: BlobServiceClient, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, clock = Runs(), Runs(), MovedClock(at("24T09:30:00"))
    loser = timers.listener(blobs, "Loser", first.call, HOURLY, clock, renewal_seconds=0.2)
    async with listening(loser, timers.listener(blobs, "Loser", second.call, HOURLY, clock)):
        await timers.break_lock(blobs, "Loser")
        await until(lambda: "Loser: its lock is lost" in caplog.text, "the loss")
        clock.move_to(at("24T10:00:00"))
        await until(lambda: len(first.requests) + len(second.requests) >= 1, "a run")
    assert len(first.requests) + len(second.requests) == 1


async def test_a_stop_finishes_the_run_and_saves_its_status(blobs: BlobServiceClient) -> None:
    runs, clock = Runs(gated=True), MovedClock(at("24T09:30:00"))
    timer = timers.listener(blobs, "Stopped", runs.call, HOURLY, clock)
    async with listening(timer):
        clock.move_to(at("24T10:00:00"))
        await runs.until_begun(1)
        stopping = asyncio.create_task(timer.stop())
        runs.gate.set()
        await stopping
    assert (runs.ended, timer.running()) == (1, 0)
    assert (await stored_status(blobs, "Stopped"))["Last"] == "2026-11-24T10:00:00+00:00"
