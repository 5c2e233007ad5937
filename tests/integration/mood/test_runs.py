"""Do the same items always give the same moods and trends, however often and in whatever order?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytest_mock import MockerFixture

from processors.mood import handler, stored
from shared import clock
from shared.documents.containers import MOODS, RAW_MOODS
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Permanent
from tests.integration.jobs.worlds import Killed, MovingClock, WatchedDocuments
from tests.integration.mood.worlds import MoodWorld, looks

DAY = 86_400


def seen(moods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return moods without when they were found."""
    return [{k: v for k, v in mood.items() if k not in ("firstSeenAt", "asOf")} for mood in moods]


async def test_items_become_moods_with_signals_sources_and_a_trend(world: MoodWorld) -> None:
    await world.scraped(looks())

    entry = await world.find()

    assert (entry.status, entry.planned, entry.counters["items"]) == ("completed", 3, 60)
    by_primary: dict[str, int] = {}
    for mood in await world.moods():
        by_primary[mood["primaryMood"]] = by_primary.get(mood["primaryMood"], 0) + sum(mood["trend"].values())
        assert mood["sources"] == ["mag"]
        assert mood["embeddingModel"] == "local-ngrams-256-1"
        assert set(mood["trend"]) <= {"2026-W44", "2026-W45", "2026-W46", "2026-W47"}
        assert set(mood["signals"]) == {"palette", "patterns", "silhouettes", "fabrics", "keyPieces"}
    assert by_primary == {"resort": 20, "edgy": 20, "preppy": 20}


async def test_three_runs_over_the_same_items_leave_moods_and_trends_unchanged(world: MoodWorld) -> None:
    await world.scraped(looks())
    await world.find()
    before = await world.moods()

    for _ in range(2):
        entry = await world.find(force=True)
        assert (entry.status, entry.counters["new"], entry.counters["items"]) == ("completed", 0, 60)

    assert await world.moods() == before


@pytest.mark.parametrize("seed", range(3))
async def test_the_order_in_which_items_came_changes_nothing(new_world: Callable[..., MoodWorld], seed: int) -> None:
    one, other = new_world(), new_world(documents=SqliteDocuments(":memory:"))
    await one.scraped(looks())
    await other.scraped(looks(), seed=seed)

    await one.find()
    await other.find()

    assert seen(await one.moods()) == seen(await other.moods())


async def test_the_same_article_from_two_sources_counts_once(world: MoodWorld) -> None:
    await world.scraped(looks()[:1])
    await world.scraped(looks()[:1], source="copy")
    (item,) = looks()[:1]
    await world.scraped([replace(item, url="https://copy.example/a")], source="copy")

    await world.find()

    assert list((await world.support()).values()) == [1]


async def test_the_next_run_looks_only_at_what_came_since(world: MoodWorld, time: MovingClock) -> None:
    await world.scraped(looks()[:30])
    await world.find()
    time.advance(DAY)
    await world.scraped(looks()[30:])

    entry = await world.find()

    assert entry.counters["items"] == 30
    assert sum((await world.support()).values()) == 60


async def test_what_a_failed_chunk_held_is_looked_at_again(
    world: MoodWorld, time: MovingClock, mocker: MockerFixture
) -> None:
    await world.scraped(looks())
    extract, calls = handler.local.extract, 0

    def failing_once(items: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise Permanent("this one can't be read", code="broken")
        return extract(items)

    mocker.patch.object(handler.local, "extract", failing_once)
    first = await world.find()
    assert first.status == "completed_with_failures"
    assert sum((await world.support()).values()) < 60
    time.advance(DAY)

    second = await world.find()

    assert (second.status, sum((await world.support()).values())) == ("completed", 60)


async def test_a_chunk_that_has_been_looked_at_is_not_looked_at_again(world: MoodWorld, mocker: MockerFixture) -> None:
    await world.scraped(looks()[:10])
    run = await world.find()
    (chunk,) = await world.raw()
    spy = mocker.spy(handler.local, "extract")

    payload = handler.MoodJob(run=run.id, shard=chunk["id"], items=[("mag", key) for key in chunk["items"]])
    await handler.handle(mocker.Mock(services=world.services), payload)

    assert spy.call_count == 0


async def test_a_fan_in_killed_half_way_is_done_again_and_leaves_the_same(
    new_world: Callable[..., MoodWorld], time: MovingClock, mocker: MockerFixture
) -> None:
    whole = new_world()
    await whole.scraped(looks())
    await whole.find()
    killed = new_world(documents=SqliteDocuments(":memory:"))
    await killed.scraped(looks())
    write, written = stored.write, 0

    async def dying(*arguments: Any) -> None:
        nonlocal written
        written += 1
        if written == 3:
            raise Killed
        await write(*arguments)

    mocker.patch.object(stored, "write", dying)
    run = await killed.open("moods")
    with pytest.raises(Killed):
        await killed.work_off()
    time.advance(120)

    await killed.work_off()

    assert (await killed.entry("moods", run)).status == "completed"
    assert seen(await killed.moods()) == seen(await whole.moods())


async def test_a_store_that_throttles_costs_no_attempt(new_world: Callable[..., MoodWorld]) -> None:
    store = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = new_world(documents=store)
    await world.scraped(looks())
    store.fail("query scrapedItems", times=2)
    store.fail("get moods", times=2)
    store.fail("query rawMoods", times=1)

    entry = await world.find()

    assert (entry.status, sum((await world.support()).values())) == ("completed", 60)


async def test_a_run_without_items_completes(world: MoodWorld) -> None:
    entry = await world.find()

    assert (entry.status, entry.counters) == ("completed", {"items": 0, "raw": 0, "new": 0, "same": 0})


async def test_old_weeks_keep_their_counts_when_their_items_are_let_go(world: MoodWorld, mocker: MockerFixture) -> None:
    mocker.patch.object(stored, "WEEKS_WITH_ITEMS", 1)
    await world.scraped(looks())

    await world.find()

    for mood in await world.moods():
        assert len(mood["weeks"]) == 1
        assert len(mood["trend"]) > 1


async def test_raw_moods_expire(world: MoodWorld) -> None:
    await world.scraped(looks()[:1])
    await world.find()

    assert [chunk["ttl"] for chunk in await world.all(RAW_MOODS)] == [14 * DAY]


def test_the_newest_weeks_end_with_this_one(time: MovingClock) -> None:
    assert clock.now().isoweekday() == 1
    assert stored.newest_weeks(3) == ["2026-W46", "2026-W47", "2026-W48"]


async def test_a_mood_that_was_looked_at_in_a_slot_to_come_is_looked_at_anew(
    new_world: Callable[..., MoodWorld],
) -> None:
    world = new_world()
    await world.scraped(looks())
    await world.find()
    for mood in await world.moods():
        ahead = {"asOf": "2027-11-23T06:00:00.000Z", "description": "as it will be"}
        await world.documents.upsert(MOODS, {**mood, **ahead})

    await world.find(force=True)

    found = await world.moods()
    assert {mood["asOf"] for mood in found} == {"2026-11-23T06:00:00.000Z"}
    assert "as it will be" not in {mood["description"] for mood in found}
