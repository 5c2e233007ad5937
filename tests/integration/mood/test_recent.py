"""What do other workloads see of moods? Those that items supported in the weeks that they ask about."""

from __future__ import annotations

from processors.mood.recent import recent_moods
from shared.documents.containers import MOODS
from tests.integration.mood.worlds import MoodWorld, looks


async def test_moods_are_seen_with_their_looks_and_the_items_of_the_weeks_asked_about(world: MoodWorld) -> None:
    await world.scraped(looks())
    await world.find()
    stored = {body["id"]: body for body in await world.moods()}

    found = {mood.id: mood for mood in await recent_moods(world.documents, {"2026-W46", "2026-W47"})}

    supported = {key for key, body in stored.items() if {"2026-W46", "2026-W47"} & body["trend"].keys()}
    assert set(found) == supported != set()
    for key, mood in found.items():
        body = stored[key]
        assert (mood.name, mood.primary, mood.description) == (body["name"], body["primaryMood"], body["description"])
        assert mood.items == body["trend"].get("2026-W46", 0) + body["trend"].get("2026-W47", 0)
        assert mood.palette == tuple(body["signals"]["palette"])
        assert not set(mood.palette) & set(mood.texts)
        assert {*body["subMoods"], *body["signals"]["fabrics"], *body["signals"]["keyPieces"]} <= set(mood.texts)


async def test_a_mood_of_other_weeks_and_one_that_has_no_looks_yet_are_not_seen(world: MoodWorld) -> None:
    await world.scraped(looks())
    await world.find()
    first, *others = await world.moods()
    await world.documents.upsert(MOODS, {name: value for name, value in first.items() if name != "signals"})

    assert await recent_moods(world.documents, {"2025-W01"}) == []
    weeks = {week for mood in (first, *others) for week in mood["trend"]}
    assert {mood.id for mood in await recent_moods(world.documents, weeks)} == {mood["id"] for mood in others}
