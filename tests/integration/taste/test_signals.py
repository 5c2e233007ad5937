"""Does a like become part of the taste, whenever and however often its messages come?"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import clock
from shared.documents.containers import JOBS
from shared.jobs.kinds import Job
from shared.jobs.record import from_body
from tests.integration.taste.worlds import SHELF, TasteWorld, weights

DAY = "2026-11-20T"


def signal(what: str, at: str, **more: Any) -> dict[str, Any]:
    """Return ada's signal on the red scarf."""
    return {
        "user_id": "ada",
        "item_id": "scarf",
        "image_url": f"{SHELF}red.png",
        "title": "Wool scarf",
        "signal": what,
        "createdAt": f"{DAY}{at}:00Z",
        **more,
    }


async def counts(world: TasteWorld) -> tuple[int, int]:
    """Return the likes and dislikes of the colour red."""
    for term in (await world.profile())["colors"]:
        if term["name"] == "red":
            return term["likes"], term["dislikes"]
    return 0, 0


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
@pytest.mark.parametrize(
    ("signals", "ends"),
    [
        (("up", "down", "up"), (1, 0)),
        (("up", "none", "up"), (1, 0)),
        (("up", "up", "down"), (0, 1)),
        (("down", "up", "none"), (0, 0)),
    ],
    ids=lambda value: "-".join(map(str, value)),
)
async def test_signals_on_one_picture_end_as_the_last_given_in_whatever_order_they_arrive(
    signals: tuple[str, str, str], ends: tuple[int, int], order: tuple[int, ...]
) -> None:
    world = TasteWorld()
    messages = [signal(what, f"09:0{minute}") for minute, what in enumerate(signals)]

    outcomes = [await world.deliver(messages[number]) for number in order]

    assert {outcome.what for outcome in outcomes} == {"completed"}
    assert await counts(world) == ends


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
async def test_of_signals_given_at_the_same_instant_the_greater_job_id_counts(order: tuple[int, int]) -> None:
    world = TasteWorld()
    messages = [signal("up", "09:00", job_id="a"), signal("down", "09:00", job_id="b")]

    for number in order:
        await world.deliver(messages[number])

    assert await counts(world) == (0, 1)


async def test_a_dislike_counts_negative() -> None:
    world = TasteWorld()

    await world.deliver(signal("down", "09:00"))

    assert weights((await world.profile())["colors"])["red"] == -1


async def test_none_takes_the_like_back_without_looking_at_the_picture() -> None:
    world = TasteWorld()
    await world.deliver(signal("up", "09:00"))
    looks = world.shelf.read_count

    await world.deliver(signal("none", "09:01"))
    profile = await world.profile()

    assert (profile["evidences"], profile["colors"], profile["garments"]) == (0, [], [])
    assert world.shelf.read_count == looks


async def test_none_of_a_picture_that_is_gone_still_takes_the_like_back() -> None:
    world = TasteWorld()
    await world.deliver(signal("up", "09:00"))
    world.shelf.pictures.clear()

    assert (await world.deliver(signal("none", "09:01"))).what == "completed"
    assert (await world.profile())["evidences"] == 0


async def test_two_pictures_of_one_item_are_two_evidences() -> None:
    world = TasteWorld()
    await world.like("scarf")
    await world.like("scarf", image_url=f"{SHELF}navy.png")

    assert (await world.profile())["evidences"] == 2


async def test_a_redelivery_changes_nothing_and_does_not_analyse_again() -> None:
    world = TasteWorld()
    await world.deliver(signal("up", "09:00"))
    before, looks = await world.profile(), world.shelf.read_count

    await world.deliver(signal("up", "09:00", generation=0))
    await world.deliver(signal("up", "09:00", generation=1))
    after = await world.profile()

    assert {**after, "covers": []} == {**before, "covers": []}
    assert len(await world.evidences()) == 1
    assert world.shelf.read_count == looks + 1  # the new generation was asked for on purpose


async def test_a_worker_that_died_after_its_evidence_does_not_analyse_again() -> None:
    world = TasteWorld()
    await world.deliver(signal("up", "09:00"))
    held = await world.runtime.records.get((await _only_record(world)).key)
    assert held is not None
    looks = world.shelf.read_count
    payload = world.kind.settle(world.kind.model.model_validate(signal("up", "09:00")), clock.now())
    again = Job(held.record.key, 0, 1, held.record.created_at, world.services)

    await world.kind.handler(again, payload)

    assert world.shelf.read_count == looks


async def test_a_time_in_the_future_counts_as_the_time_it_was_received_and_the_job_says_so() -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    with clock.running_on(lambda: now):
        world = TasteWorld()
        await world.like("scarf", createdAt="2031-01-01T00:00:00Z")
        (evidence,) = await world.evidences()
        record = await _only_record(world)

    assert evidence["createdAt"] == "2026-11-23T09:00:00.999Z"
    assert (await world.profile())["asOf"] == "2026-11-23T09:00:00.999Z"
    given = {"createdAt": "2031-01-01T00:00:00Z"}
    assert (record.message or {})["clamped"] == record.timeline[0]["clamped"] == given


async def test_a_redelivered_time_in_the_future_stays_the_time_it_was_first_received() -> None:
    now = [datetime(2026, 11, 23, 9, tzinfo=UTC)]
    with clock.running_on(lambda: now[0]):
        world = TasteWorld()
        world.shelf.pictures = {}
        await world.like("scarf", createdAt="2031-01-01T00:00:00Z", job_id="j")
        record = await world.record("ada", "j")

    assert record is not None
    assert record.payload is not None
    assert record.payload["createdAt"] == "2026-11-23T09:00:00.999Z"


async def test_a_like_without_time_counts_as_given_when_the_queue_got_it() -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    with clock.running_on(lambda: now):
        world = TasteWorld()
        await world.like("scarf")
        (evidence,) = await world.evidences()

    assert evidence["createdAt"] == "2026-11-23T09:00:00.000Z"


async def test_a_like_of_sixty_days_ago_counts_half() -> None:
    newest = datetime(2026, 11, 20, 9, tzinfo=UTC)
    world = TasteWorld()
    await world.like("coat", image_url=f"{SHELF}navy.png", createdAt=clock.to_text(newest))
    await world.like("scarf", createdAt=clock.to_text(newest - timedelta(days=60)))
    colours = weights((await world.profile())["colors"])

    assert colours.pop("red") == 0.5
    assert set(colours.values()) == {1}


@pytest.mark.parametrize("year", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday", "2026-11-20"])
async def test_a_time_that_is_none_is_a_dead_letter(year: str) -> None:
    world = TasteWorld()

    outcome = await world.like("scarf", createdAt=year)

    assert (outcome.what, outcome.code) == ("dead", "invalid_payload")


async def test_a_missing_picture_is_a_dead_letter_and_leaves_no_evidence() -> None:
    world = TasteWorld()

    outcome = await world.like("scarf", image_url=f"{SHELF}gone.png")

    assert (outcome.what, outcome.code) == ("dead", "blob_missing")
    assert await world.evidences() == []


async def test_a_picture_that_is_none_is_a_dead_letter() -> None:
    world = TasteWorld()
    world.shelf.pictures["red.png"] = b"no picture"

    outcome = await world.like("scarf")

    assert (outcome.what, outcome.code) == ("dead", "picture_undecodable")


async def test_title_and_tags_of_the_message_win_over_the_wardrobes() -> None:
    world = TasteWorld()
    await world.own("thing", title="Leather handbag", tags=["party"], brand="Corso Nove")
    await world.like("thing")
    of_wardrobe = (await world.evidences())[0]["findings"]
    await world.like("thing", title="Running shoes", tags=["sport"], job_id="second")
    (evidence,) = await world.evidences()
    of_message = evidence["findings"]

    assert of_wardrobe["garments"] != of_message["garments"]
    assert of_wardrobe["brand"] == of_message["brand"] == "Corso Nove"


async def test_signals_given_within_one_second_keep_their_order_though_the_queue_tells_whole_seconds() -> None:
    put_at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    with clock.running_on(lambda: put_at):
        for first, second in [("a", "b"), ("b", "a")]:
            world = TasteWorld()
            await world.like("scarf", signal="down", createdAt="2026-11-23T09:00:00.300Z", job_id=first)
            await world.like("scarf", signal="up", createdAt="2026-11-23T09:00:00.700Z", job_id=second)

            assert [evidence["signal"] for evidence in await world.evidences()] == ["up"]


async def test_a_like_given_again_after_its_record_expired_is_folded_anew() -> None:
    now = [datetime(2026, 11, 23, 9, tzinfo=UTC)]
    with clock.running_on(lambda: now[0]):
        world = TasteWorld()
        await world.like("scarf")
        now[0] += timedelta(days=30)
        await world.like("scarf")

        assert (await world.profile())["asOf"] == "2026-12-23T09:00:00.000Z"


async def test_an_item_whose_wardrobe_entry_has_nulls_is_analysed_all_the_same() -> None:
    world = TasteWorld()
    await world.own("scarf", title=None, tags=None, brand=None, category=None)

    assert (await world.like("scarf")).what == "completed"


async def _only_record(world: TasteWorld) -> Any:
    (document,) = [document async for document in world.documents.query(JOBS)]
    return from_body(document.body)
