"""Queues on the overview: how their depth has changed, and how many of their jobs ended."""

from __future__ import annotations

from datetime import timedelta

from operations.queue_traffic import Change, change
from processors.catalogue import SOURCES, watch_jobs
from processors.health.depth import Depth
from shared import clock
from shared.jobs import ended_events
from shared.rollups.rolling_up import roll_up_standing
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser, Shown
from tests.integration.jobs.worlds import MovingClock

QUEUE = "taste-analysis-jobs"


def test_the_change_is_that_between_the_last_two_looks() -> None:
    at = clock.now()
    looks = [Depth(at + timedelta(minutes=n), messages) for n, messages in ((0, 90), (5, 7), (9, 4))]
    assert change(looks) == Change(-3, timedelta(minutes=4), looks[-1].at)
    assert change(looks[:1]) is change([]) is None


async def test_the_overview_shows_how_a_queue_has_changed_between_the_last_two_looks(
    world: ApiWorld, browser: Browser, time: MovingClock
) -> None:
    assert row(await browser.get("/console"))[1] == "–"
    await watch_jobs(world.services)
    time.advance(300)
    await world.queues.send(QUEUE, "{}")
    await watch_jobs(world.services)
    assert row(await browser.get("/console"))[:2] == ["1", "+1 in 5 m"]


async def test_the_overview_shows_how_many_jobs_ended_in_the_last_hour_of_which_all_is_known(
    world: ApiWorld, browser: Browser, time: MovingClock
) -> None:
    time.advance(-1800)
    for name in ("one", "two"):
        await ended_events.tell(world.documents, await world.dead(name))
    time.advance(1800)
    assert row(await browser.get("/console"))[2] == "0"  # they wait to be rolled up
    await roll_up_standing(world.documents, SOURCES[0], "job", 100)
    page = await browser.get("/console")
    assert row(page)[2] == "2"
    assert "in the hour from 2026-11-23 08:00:00 UTC" in page.text


def row(page: Shown) -> list[str]:
    """Return what the page says of the queue of taste jobs."""
    (found,) = [one for one in page.tree.css("section[aria-labelledby=queues] tbody tr") if QUEUE in one.text()]
    return [" ".join(cell.text().split()) for cell in found.css("td")]
