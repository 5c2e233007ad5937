"""Overview, runs and jobs in the console."""

from __future__ import annotations

from shared.documents.containers import RUNS
from shared.errors import Permanent
from shared.jobs.gates import Gates
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser
from tests.integration.jobs.worlds import MovingClock

HOUR = 3600


def entry(slot: str, slot_at: str, status: str, **more: object) -> dict[str, object]:
    """Return a run of the digest as the ledger has it."""
    return {
        "id": f"digest|{slot}", "name": "digest", "slot": slot, "slotAt": slot_at, "status": status,
        "phase": "planning", "trigger": "timer", "by": "PluckItWeeklyDigest", "generation": 0, "schemaVersion": 1,
        "planned": 0, "shards": {}, "counters": {}, "ttl": 34_560_000, **more,
    }  # fmt: skip


ENDED = {
    "planned": 3,
    "openedAt": "2026-11-16T09:00:00.000Z",
    "planningAt": "2026-11-16T09:00:01.000Z",
    "runningAt": "2026-11-16T09:00:05.000Z",
    "fanInAt": "2026-11-16T09:01:05.000Z",
    "endedAt": "2026-11-16T09:01:15.000Z",
    "durations": {"planning": 4.0, "running": 60.0, "fanIn": 10.0, "total": 75.0},
    "shards": {"completed": 2, "dead": 1},
    "counters": {"digests": 2},
}


async def test_the_overview_says_in_one_line_what_is_wrong_first(world: ApiWorld, browser: Browser) -> None:
    await world.dead("one")
    page = await browser.get("/console")
    assert "no host has been seen yet" in page.one("#overview .note").text().lower()
    assert "1 dead letter of blob_missing" in page.text


async def test_the_overview_has_a_row_for_each_scheduled_job_with_its_next_slot(browser: Browser) -> None:
    page = await browser.get("/console")
    rows = [row.text() for row in page.tree.css("section[aria-labelledby=jobs] tbody th[scope=row]")]
    assert any(name.startswith("digest") for name in rows)
    assert len(page.tree.css("section[aria-labelledby=jobs] time.local")) == len(rows)
    for said in ("Queues", "Closed gates: 0", "Alerts that fire: 0", "$0.00 of $5.00", "taste-analysis-jobs"):
        assert said in page.text


async def test_a_missed_slot_is_marked_and_run_from_the_overview(world: ApiWorld, browser: Browser) -> None:
    await world.documents.create(RUNS, entry("2026-W47", "2026-11-16T09:00:00.000Z", "missed"))
    page = await browser.get("/console")
    assert "2026-W47" in page.one("tr.missed").text()
    run = await browser.send(page, "/console/runs/start")
    assert "Asked for: a worker begins it." in run.text
    assert run.one("h1").text() == "Run digest|2026-W47"
    assert world.messages("job-runs") == 1


async def test_closed_gates_and_what_they_hold_are_on_the_overview(world: ApiWorld, browser: Browser) -> None:
    await Gates(world.documents).close("blob", reason="the <b>store</b> is down", by="ada", until=None)
    page = await browser.get("/console")
    assert "Closed gates: 1" in page.text
    assert "the <b>store</b> is down" in page.text


async def test_a_run_is_drawn_and_explained_with_its_shards_and_counters(world: ApiWorld, browser: Browser) -> None:
    await world.documents.create(
        RUNS, entry("2026-W47", "2026-11-16T09:00:00.000Z", "completed_with_failures", **ENDED)
    )
    listed = await browser.get("/console/runs?name=digest")
    link = listed.tree.css("#list tbody th a")[0]
    page = await browser.get(str(link.attributes["href"]))
    assert [text.text() for text in page.tree.css("svg.timeline text")][:3] == ["planning", "running", "fan-in"]
    assert "3 of 3 shards have ended" in page.text
    assert "digests 2" in page.text
    assert "nightshift runs show 'digest|2026-W47'" in page.text
    assert page.tree.css_first("form[action$=cancel]") is None


async def test_a_run_that_is_under_way_polls_and_is_cancelled(world: ApiWorld, browser: Browser) -> None:
    page = await browser.get("/console/runs?name=digest")
    await browser.send(page, "/console/runs/start")
    run = await browser.get("/console/runs?id=digest/2026-W48")
    assert run.one("#run").attributes["hx-trigger"] == "every 3s"
    cancelled = await browser.send(run, "/console/runs/digest|2026-W48/cancel", why="a test")
    assert "Cancelled." in cancelled.text
    assert [line["why"] for line in await world.audited("cancel")] == ["a test"]


async def test_a_run_that_is_not_in_the_ledger_is_told(browser: Browser) -> None:
    for path in ("/console/runs/digest|2020-W01", "/console/runs?id=nothing"):
        page = await browser.get(path)
        assert (page.status, "There is no run" in page.text) == (404, True)


async def test_a_job_is_found_by_the_beginning_of_its_id_and_by_its_user(world: ApiWorld, browser: Browser) -> None:
    await world.like("hat-one")
    await world.like("cap-one", user="ben")
    page = await browser.get("/console/jobs?id=hat")
    assert page.one("h1").text() == "Job hat-one"
    assert "waits for its turn" in page.text or "no host" in page.text
    of_ben = await browser.get("/console/jobs?user=ben")
    assert [row.text() for row in of_ben.tree.css("#list tbody th")] == ["cap-one"]
    assert (await browser.get("/console/jobs?id=nothing")).status == 404


async def test_a_job_is_cancelled_with_a_reason_that_its_history_keeps(world: ApiWorld, browser: Browser) -> None:
    await world.like("one")
    page = await browser.get("/console/jobs/one?user=ada")
    done = await browser.send(page, "/console/jobs/one/cancel", why="not needed")
    assert "not needed" in done.one("section[aria-labelledby=history]").text()
    assert await world.status("one") == "cancelled"


async def test_lists_go_on_page_by_page_and_the_live_part_stays_on_its_page(
    world: ApiWorld, browser: Browser, time: MovingClock
) -> None:
    for number in range(60):
        await world.like(f"like-{number:02}")
        time.advance(1)
    first = await browser.get("/console/jobs")
    second = await browser.get(str(first.one("a[rel=next]").attributes["href"]))
    shown = [row.text() for page in (first, second) for row in page.tree.css("#list tbody th")]
    assert (len(shown), len(set(shown))) == (60, 60)
    assert "after=" in str(second.one("#list").attributes["hx-get"])
    assert (await browser.get("/console/jobs?after=x")).status in (400, 422)


async def test_every_page_says_when_it_was_read_and_the_command_that_shows_the_same(
    world: ApiWorld, browser: Browser
) -> None:
    await world.dead("one", error=Permanent("gone", code="x", dependency="content"))
    await world.like("two")
    for path, command in (
        ("", "nightshift status"),
        ("/dead-letters?class=Permanent", "nightshift dead-letters list --class Permanent"),
        ("/dead-letters/one?user=ada", "nightshift dead-letters show one --user ada"),
        ("/jobs?state=queued", "nightshift jobs list --state queued"),
        ("/jobs/two?user=ada", "nightshift explain job:two --user ada"),
        ("/runs?state=missed", "nightshift runs list --state missed"),
    ):
        page = await browser.get(f"/console{path}")
        assert page.one("footer code").text() == command
        assert page.one("footer time").attributes["datetime"] == "2026-11-23T09:00:00.000Z"
