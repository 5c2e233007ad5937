"""Do timers as the host runs them make one run of each slot? devhost's listener on real blobs, with a moved clock."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from azure.functions import TimerRequest
from azure.storage.blob.aio import BlobServiceClient

from shared.schedules import Schedule
from tests.azurite import Azurite
from tests.integration.devhost import timers
from tests.integration.devhost.timers import MovedClock, at, listening, store_status
from tests.integration.jobs.worlds import MovingClock
from tests.integration.runs.worlds import RunWorld, run_world
from tests.patience import until

MONDAYS, DAILY = "0 0 9 * * 1", "0 0 6 * * *"


@pytest_asyncio.fixture
async def blobs(azurite: Azurite) -> AsyncIterator[BlobServiceClient]:
    """A client of all blobs."""
    async with BlobServiceClient.from_connection_string(azurite.connection_string) as client:
        yield client


class Hosted:
    """A run with its timer on a host. The app's clock may differ from the host's."""

    def __init__(self, blobs: BlobServiceClient, time: MovingClock, expression: str, **more: Any) -> None:
        self.world: RunWorld = run_world(time, schedule=Schedule(expression), **more)
        self.name = f"Ring{uuid.uuid4().hex[:8]}"
        self.fired: list[bool] = []
        self._time = time
        self._host_clock = MovedClock(time.now)
        self._blobs = blobs
        self.expression = expression

    def listener(self) -> timers.TimerListener:
        """Return the listener of one host."""
        return timers.listener(self._blobs, self.name, self._call, self.expression, self._host_clock)

    def pass_time(self, to: str, *, app_behind: timedelta = timedelta()) -> None:
        """Move the host's clock, and the app's, which is so much behind."""
        self._time.now = at(to) - app_behind
        self._host_clock.move_to(at(to))

    async def _call(self, timer: TimerRequest) -> None:
        await self.world.open_latest_run()
        self.fired.append(timer.past_due)


async def test_a_timer_that_fires_by_a_clock_20_ms_ahead_runs_the_slot_to_come(
    blobs: BlobServiceClient, time: MovingClock
) -> None:
    time.now = at("20T20:00:00")
    hosted = Hosted(blobs, time, MONDAYS)

    async with listening(hosted.listener()):
        for monday, number in (("23T09:00:00", 1), ("30T09:00:00", 2)):
            hosted.pass_time(monday, app_behind=timedelta(milliseconds=20))
            await until(lambda number=number: len(hosted.fired) == number, "the firing")  # type: ignore[misc]
    await hosted.world.work_off()

    assert await hosted.world.runs() == {"rounds|2026-W48": "completed", "rounds|2026-W49": "completed"}


@pytest.mark.parametrize("first", ["past due", "catching up"])
async def test_a_host_started_after_a_weekend_and_catching_up_make_one_run(
    blobs: BlobServiceClient, time: MovingClock, first: str
) -> None:
    time.now = at("20T10:00:00")
    hosted = Hosted(blobs, time, DAILY, slot_form="day", catch_up="once")
    await hosted.world.catch_up()
    await store_status(blobs, hosted.name, "20T06:00:00", "21T06:00:00")
    hosted.pass_time("23T08:00:00")

    if first == "catching up":
        await hosted.world.catch_up()
    async with listening(hosted.listener(), hosted.listener()):
        await until(lambda: len(hosted.fired) > 0, "the past-due firing")
    await hosted.world.catch_up()
    await hosted.world.work_off()

    assert hosted.fired[0] is True
    assert await hosted.world.runs() == {
        "rounds|2026-11-21": "missed",
        "rounds|2026-11-22": "missed",
        "rounds|2026-11-23": "completed",
    }
    assert len(hosted.world.rounds.done) == hosted.world.rounds.count
