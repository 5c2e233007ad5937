"""What does a backfill make anew, and what becomes of one that is asked for twice, or whose worker dies?"""

from __future__ import annotations

from datetime import date

import pytest

from operations import metrics_backfill
from operations.actor import ROLES, Actor
from processors.metrics import registry
from processors.metrics.backfill import Backfill, asked, read
from processors.metrics.registry import Metric, Unit
from shared.documents.containers import ROLLUP_WORK, ROLLUPS
from shared.errors import UsageError
from tests.integration.metrics.runs import BACKFILL, RUNS, backfilled, entry, opened, work_off
from tests.integration.metrics.worlds import World, ago, buckets, calls

OPERATOR = Actor("ada", frozenset(ROLES), frozenset({"*"}))


async def test_a_metric_that_was_added_counts_what_came_before_it(of: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await of.tell(reason="extraction")
    await of.tell(event_id="old", reason="extraction", occurredAt=ago(days=100))
    await of.settle()
    added = Metric("extractions", "counter", Unit("calls"), "llm", reasons=("extraction",))
    monkeypatch.setattr(registry, "METRICS", (*registry.METRICS, added))

    await backfilled(of, asked("acme", days=120))

    rows = await of.rows()
    counted = {("llm_calls", "", ""): (1, 1, 1, 1), ("extractions", "", ""): (1, 1, 1, 1)}
    assert [rows[name] for name in buckets("2026-11-23T08")] == [counted] * 3
    assert [rows[name] for name in buckets(ago(days=100))[1:]] == [counted] * 2


async def test_a_range_begins_with_the_first_day_of_its_first_month(of: World) -> None:
    assert (asked("acme", days=30).first, asked("acme", days=30).last) == (date(2026, 10, 1), date(2026, 11, 23))


async def test_without_months_a_range_begins_with_its_first_day(of: World) -> None:
    assert asked("acme", days=30, tiers=["day", "hour"]).first == date(2026, 10, 25)


async def test_a_range_begins_with_the_first_month_that_is_still_open(of: World) -> None:
    assert asked("acme", days=400).first == date(2025, 11, 1)


async def test_the_first_month_is_whole_after_a_backfill_of_its_last_days(of: World) -> None:
    await of.tell(event_id="first", occurredAt="2026-10-01T00:00:00.000Z")
    await of.tell(event_id="last", occurredAt="2026-10-31T23:59:59.000Z")
    await _lose_rows(of)

    await backfilled(of, asked("acme", days=24))

    assert (await of.rows())["month|2026-10-01T00:00:00.000Z"] == calls(2)


async def test_only_the_organisation_that_is_named_is_marked(of: World) -> None:
    await of.tell()
    await of.tell(orgId="other")
    await _lose_rows(of)

    await backfilled(of, asked("acme", days=3))

    assert await of.rows() != {}
    assert await of.rows("other") == {}


async def test_every_organisation_is_marked_when_none_is_named(of: World) -> None:
    for org in ("acme", "other", "third"):
        await of.tell(orgId=org)
        await of.tell(orgId=org, kind="hitl", type="review")
    await _lose_rows(of)

    found = await backfilled(of, asked(None, days=3))

    rows = [await of.rows(org, kind) for org in ("acme", "other", "third") for kind in ("llm", "hitl")]
    assert all(rows)
    assert found.counters["marks"] >= 6


async def test_a_dry_run_says_what_it_would_mark_and_writes_nothing(of: World) -> None:
    await of.tell()
    await of.tell(event_id="old", occurredAt=ago(days=100))
    await of.settle()
    of.documents.log.clear()

    found = [one async for one in metrics_backfill.preview(of.documents, OPERATOR, asked("acme", days=120))]

    assert {tier: n for one in found for tier, n in one.by_tier.items()} == {"leaf": 1, "day": 1}
    assert {operation.split(" ")[0] for operation in of.documents.log} == {"query"}


async def test_two_that_ask_for_the_same_are_one(of: World) -> None:
    await of.tell()

    first, second = [await opened(of, BACKFILL, asked("acme", days=3).slot) for _ in range(2)]

    assert (first.what, second.what) == ("accepted", "duplicate")
    assert first.id == second.id == "metrics-backfill|acme|2026-11-01..2026-11-23"


async def test_one_whose_worker_died_half_way_goes_on(of: World) -> None:
    for number in range(40):
        await of.tell(event_id=f"e{number}")
    await _lose_rows(of)
    found = await opened(of, BACKFILL, asked("acme", days=3).slot)
    of.documents.die(60, "after")
    await of.deliver(RUNS)

    again = of.another()
    again.time.advance(600)
    await work_off(again)
    await again.settle()

    assert (await entry(again, BACKFILL.name, found.id)).status == "completed"
    assert (await again.rows())[buckets("2026-11-23T08")[0]] == calls(40)


async def test_a_backfill_of_days_alone_marks_days(of: World) -> None:
    await of.tell()
    await _lose_rows(of)
    await opened(of, BACKFILL, asked("acme", days=3, tiers=["day"]).slot)

    await work_off(of)

    assert [mark for mark in await of.marks() if not mark.startswith("leaf")] == ["day|2026-11-23T00:00:00.000Z"]


async def test_contents_before_and_after_tell_by_tier(of: World) -> None:
    await of.tell()
    wanted = asked("acme", days=3)
    before = await metrics_backfill.contents(of.documents, OPERATOR, wanted)
    await backfilled(of, wanted)

    after = await metrics_backfill.contents(of.documents, OPERATOR, wanted)

    assert {tier: (one.rows, one.events) for tier, one in before.by_tier.items()} == {
        "hour": (0, 0), "day": (0, 0), "month": (0, 0),
    }  # fmt: skip
    assert {tier: (one.rows, one.events) for tier, one in after.by_tier.items()} == {
        "hour": (1, 1), "day": (1, 1), "month": (1, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    "wanted",
    [
        Backfill("acme", date(2026, 11, 1), date(2026, 11, 23)),
        Backfill("a|b", date(2026, 11, 1), date(2026, 11, 1), ("day",)),
        Backfill("100%", date(2026, 11, 1), date(2026, 11, 1)),
    ],
)
def test_a_slot_names_its_backfill(wanted: Backfill) -> None:
    assert read(wanted.slot.text) == wanted


@pytest.mark.parametrize("text", ["acme", "acme|2026-11-23..2026-11-01", "acme|2026-11-31..2026-12-01", "2026-11-23"])
def test_what_names_no_backfill_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="names no backfill"):
        read(text)


def test_an_unknown_tier_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no tier week\. Known are: hour, day, month"):
        asked("acme", days=3, tiers=["week"])


async def _lose_rows(of: World) -> None:
    """Take away every row and mark, as if there had been no roll-ups when the events came."""
    for container in (ROLLUPS, ROLLUP_WORK):
        async for document in of.store.query(container):
            partition = document.body[container.partition_key]
            await of.store.delete(container, partition, document.body["id"], document.etag)
