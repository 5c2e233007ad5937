"""How many documents does a page read? As many as it shows, however many there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared import clock
from shared.documents.containers import JOBS, RUNS
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser
from tests.integration.jobs.worlds import MovingClock

RUNS_THERE = 10_000
LETTERS_THERE = 5_000
CAUSES_OF = 300
OF_A_PAGE = 50
FEW = 150
"""Gates, heartbeats, states of alerts, the newest runs of each job: what doesn't grow."""


async def fill(world: ApiWorld) -> None:
    """Let there be very many runs and dead letters, of three causes."""
    await world.dead("letter")
    letter = (await world.documents.get(JOBS, "ada", "letter")).body  # type: ignore[union-attr]
    for number in range(LETTERS_THERE - 1):
        at = clock.text_now(-timedelta(seconds=number))
        reason = {**letter["reason"], "cause": f"{number % 3:012}"}
        await world.documents.create(
            JOBS, {**letter, "id": f"letter-{number}", "lastFailedAt": at, "updatedAt": at, "reason": reason}
        )
    begin = datetime(2026, 11, 23, 9, tzinfo=UTC)
    for number in range(RUNS_THERE):
        slot = clock.to_text(begin - timedelta(minutes=5 * number))
        run = {
            "id": f"pickup-rate|{slot}", "name": "pickup-rate", "slot": slot, "slotAt": slot, "status": "completed",
            "phase": "fan-in", "trigger": "timer", "by": "PickupRateAlert", "generation": 0, "schemaVersion": 1,
            "planned": 1, "shards": {"completed": 1}, "counters": {}, "ttl": 604_800, "openedAt": slot,
            "endedAt": slot, "durations": {"total": 1.0},
        }  # fmt: skip
        await world.documents.create(RUNS, run)


async def test_pages_read_a_bounded_number_of_documents(
    world: ApiWorld, browser: Browser, time: MovingClock, record_property: pytest.RecordProperty
) -> None:
    await fill(world)
    for path, most in (
        ("", CAUSES_OF + 2 * FEW),
        ("/dead-letters", CAUSES_OF + OF_A_PAGE + 1),
        ("/dead-letters?cause=000000000001", CAUSES_OF + OF_A_PAGE + 1),
        ("/dead-letters/letter-7?user=ada", FEW),
        ("/jobs", OF_A_PAGE + FEW),
        ("/jobs?user=ada&state=dead", OF_A_PAGE + FEW),
        ("/jobs/letter-7?user=ada", FEW),
        ("/runs", OF_A_PAGE + 1),
        ("/runs?name=pickup-rate", OF_A_PAGE + 1),
        ("/runs/pickup-rate|2026-11-23T09:00:00.000Z", FEW),
    ):
        before = world.documents.queried
        page = await browser.get(f"/console{path}")
        read = world.documents.queried - before
        record_property(path or "/", read)
        assert page.status == 200, path
        assert read <= most, f"{path} reads {read} documents"
        assert len(page.response.content) < 150_000
        if path == "":
            assert f"dead letters, the last {CAUSES_OF} of 4 causes" in page.text
            assert f"Causes of the {CAUSES_OF} that failed last." in page.text
