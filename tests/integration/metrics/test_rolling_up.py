"""What do rows say after a worker has recomputed them, however old the bucket is?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared import clock
from shared.documents.containers import ROLLUPS
from shared.errors import Permanent
from shared.telemetry.pseudonyms import shown
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.worlds import World, ago, buckets, calls

HOUR, DAY, MONTH = buckets("2026-11-23T08")
LEAF_10 = "leaf|2026-11-23T08:10:00.000Z"


async def test_an_event_adds_up_to_a_leaf_an_hour_a_day_and_a_month(of: World) -> None:
    await of.tell()
    await of.roll_up()

    rows = await of.rows()
    assert [name.split("|")[0] for name in sorted(rows)] == ["day", "hour", "leaf", "month"]
    assert set(map(str, rows.values())) == {str(calls(1))}
    assert await of.marks() == []


async def test_a_row_says_sum_count_least_and_most_by_metric_project_and_tag(of: World) -> None:
    for number, pages in enumerate([7, 2, 30]):
        await of.tell(event_id=f"d{number}", kind="document", project="invoices", tag="eu", values={"pages": pages})
    await of.roll_up()

    assert (await of.rows(kind="document"))[DAY] == {
        ("documents_processed", "invoices", "eu"): (3, 3, 1, 1),
        ("pages_processed", "invoices", "eu"): (39, 3, 2, 30),
    }


async def test_one_call_of_a_model_feeds_its_metrics_from_one_read(of: World) -> None:
    await of.tell(reason="challenge", values={"cost": 0.0123})
    await of.roll_up()

    assert (await of.rows())[HOUR] == {
        ("llm_calls", "", ""): (1, 1, 1, 1),
        ("challenges", "", ""): (1, 1, 1, 1),
        ("llm_usage", "", ""): (12_300, 1, 12_300, 12_300),
    }
    assert of.documents.log.count("query usageEvents") == 1


async def test_failed_pages_come_by_themselves(of: World) -> None:
    await of.tell(kind="document", type="failed", values={"failed_pages": 4})
    await of.roll_up()

    assert (await of.rows(kind="document"))[DAY] == {("failed_pages", "", ""): (4, 1, 4, 4)}


async def test_an_organisation_whose_people_only_review_has_its_rows(of: World) -> None:
    await of.tell(kind="hitl", type="review")
    await of.tell(event_id="e2", kind="hitl", type="completion")
    await of.roll_up()

    assert (await of.rows(kind="hitl"))[MONTH] == {
        ("hitl_reviews", "", ""): (1, 1, 1, 1),
        ("hitl_completions", "", ""): (1, 1, 1, 1),
    }
    assert await of.rows(kind="llm") == {}


async def test_no_row_says_zero(of: World) -> None:
    await of.tell(updatedAt=ago(hours=3))
    await of.tell(event_id="e2", reason="challenge")
    await of.roll_up()
    await of.tell(updatedAt=ago(hours=2), void=True)
    await of.tell(event_id="e2", void=True)
    await of.roll_up()

    assert {name: row for name, row in (await of.all_rows()).items() if row} == {}
    assert [tally for row in await of.all(ROLLUPS) for *_, tally, _, _ in row["keys"] if tally == 0] == []


async def test_an_empty_bucket_is_created_as_a_hidden_row(of: World) -> None:
    await of.tell(void=True)
    await of.roll_up()

    assert len(await of.all_rows()) == 4
    assert await of.rows() == {}


async def test_an_hour_does_not_shrink_when_time_moves_past_it(of: World, time: MovingClock) -> None:
    """A dashboard that recomputes the last hours from a window loses the part of the first one that lies before it."""
    for minute in (2, 31, 58):
        await of.tell(event_id=f"e{minute}", occurredAt=f"2026-11-23T08:{minute:02}:00.000Z")
    await of.roll_up()
    time.now += timedelta(hours=23, minutes=30)
    await of.tell(event_id="late", occurredAt="2026-11-23T08:59:00.000Z")
    await of.roll_up()

    assert (await of.rows())[HOUR] == calls(4)


async def test_the_day_seven_days_ago_does_not_shrink(of: World, time: MovingClock) -> None:
    for hour in (0, 8, 23):
        await of.tell(event_id=f"e{hour}", occurredAt=f"2026-11-22T{hour:02}:00:00.000Z")
    await of.roll_up()
    time.now = clock.parse("2026-11-29T12:00:00Z")
    await of.tell(event_id="late", occurredAt="2026-11-22T23:59:59.999Z")
    await of.roll_up()

    assert (await of.rows())[buckets("2026-11-22T00")[1]] == calls(4)


async def test_late_events_land_in_the_buckets_that_they_belong_to(of: World) -> None:
    for days in (0, 1, 7, 29, 31, 90, 380):
        await of.tell(event_id=f"e{days}", occurredAt=ago(days=days))
    await of.roll_up()

    days_told = {name for name in await of.rows() if name.startswith("day")}
    assert days_told == {buckets(ago(days=days))[1] for days in (0, 1, 7, 29, 31, 90, 380)}


async def test_one_late_event_of_an_organisation_that_was_quiet_for_two_months_lands(
    of: World, time: MovingClock
) -> None:
    await of.tell()
    await of.roll_up()
    time.now += timedelta(days=61)
    await of.tell(event_id="late", occurredAt="2026-11-23T08:20:00.000Z")
    await of.roll_up()

    rows = await of.rows()
    assert (rows[DAY], rows[MONTH]) == (calls(2), calls(2))


async def test_a_row_expires_from_its_buckets_end_on_not_from_when_it_was_recomputed(
    of: World, time: MovingClock
) -> None:
    time.now += timedelta(days=10)
    await of.tell()
    await of.roll_up()

    hour, day = await of.row(HOUR), await of.row(DAY)
    assert hour["ttl"] == (timedelta(days=20) - timedelta(minutes=0)).total_seconds()
    assert day["ttl"] == timedelta(days=390, hours=15).total_seconds()
    assert "ttl" not in await of.row(MONTH)


async def test_leaves_and_hours_that_have_expired_are_not_written_any_more(of: World, time: MovingClock) -> None:
    time.now += timedelta(days=40)
    await of.tell()
    await of.roll_up()

    assert sorted(await of.all_rows()) == [DAY, MONTH]


async def test_a_day_is_rebuilt_from_events_after_its_hours_have_expired_and_stays_so(
    of: World, time: MovingClock
) -> None:
    await of.tell(updatedAt=ago(hours=1))
    await of.tell(event_id="e2", occurredAt="2026-11-23T05:00:00.000Z")
    await of.roll_up()
    assert (await of.row(DAY))["fromEvents"] is False
    time.now += timedelta(days=45)
    await of.tell(event_id="e3", occurredAt="2026-11-23T06:00:00.000Z")
    await of.roll_up()

    assert (await of.rows())[DAY] == calls(3)
    assert (await of.row(DAY))["fromEvents"] is True
    await of.tell(updatedAt=ago(hours=0), void=True)
    await of.roll_up()
    assert (await of.rows())[DAY] == calls(2)
    assert (await of.rows())[MONTH] == calls(2)
    assert (await of.row(MONTH))["fromEvents"] is False


@pytest.mark.parametrize("minutes", range(-3000, 3000, 500))
async def test_a_day_keeps_its_events_while_its_children_expire_one_after_the_other(
    of: World, time: MovingClock, minutes: int
) -> None:
    for hour in (0, 8, 16):
        await of.tell(event_id=f"e{hour}", occurredAt=f"2026-11-22T{hour:02}:00:00.000Z")
    await of.roll_up()
    time.now = clock.parse("2026-12-22T12:00:00Z") + timedelta(minutes=minutes)
    await of.tell(event_id="late", occurredAt="2026-11-22T23:30:00.000Z")
    await of.roll_up()

    assert (await of.rows())[buckets("2026-11-22T00")[1]] == calls(4)


async def test_what_was_made_from_events_stays_so_when_a_worker_thinks_that_it_is_earlier(
    of: World, time: MovingClock
) -> None:
    await of.tell()
    await of.tell(event_id="e2", occurredAt="2026-11-23T05:00:00.000Z")
    time.now = clock.parse("2026-12-22T00:59:59Z") + timedelta(hours=1)
    await of.roll_up()
    assert (await of.row(DAY))["fromEvents"] is True
    time.now -= timedelta(minutes=90)
    await of.tell(event_id="e3")
    await of.roll_up()

    assert (await of.row(DAY))["fromEvents"] is True
    assert (await of.rows())[DAY] == calls(3)


async def test_the_mark_of_a_closed_month_is_deleted_without_recomputing(of: World, time: MovingClock) -> None:
    await of.tell(updatedAt=ago(hours=1))
    await of.roll_up()
    before = await of.row(MONTH)
    time.now = clock.parse("2027-12-03T23:00:00Z")
    await of.tell(updatedAt=ago(hours=1))
    time.now = clock.parse("2027-12-05T00:00:00Z")
    of.documents.log.clear()
    await of.roll_up()

    assert await of.marks() == []
    assert await of.row(MONTH) == before
    assert [name for name in of.documents.log if "rollups" in name or "usageEvents" in name] == []


async def test_a_month_is_recomputed_until_a_day_after_it_took_its_last_event(of: World, time: MovingClock) -> None:
    time.now = clock.parse("2027-12-03T23:59:59Z")
    await of.tell()
    time.now = clock.parse("2027-12-04T23:59:59Z")
    await of.roll_up()

    assert (await of.rows())[MONTH] == calls(1)


async def test_a_bucket_that_can_not_be_stored_does_not_hold_up_its_neighbours(of: World) -> None:
    await of.tell()
    await of.tell(event_id="e2", occurredAt="2026-11-23T08:12:00.000Z")
    await of.tell(event_id="e3", occurredAt="2026-11-21T08:12:00.000Z")
    (bad,) = [mark for mark in await of.marks() if mark.startswith(LEAF_10)]
    of.documents.fail(f"create rollups {bad}", Permanent("too large", code="document_too_large"))
    (outcome,) = await of.roll_up()

    assert (outcome.what, outcome.code) == ("dead", "document_too_large")
    assert await of.marks() == [bad]
    assert (await of.rows())[HOUR] == calls(1)
    assert (await of.rows())[MONTH] == calls(2)
    of.documents.heal()
    await of.roll_up()
    assert await of.marks() == []
    assert (await of.rows())[MONTH] == calls(3)


async def test_what_lies_in_a_bucket_that_can_not_be_stored_keeps_its_mark(of: World) -> None:
    await of.tell()
    await of.tell(event_id="e3", occurredAt="2026-11-21T08:12:00.000Z")
    of.documents.fail(f"create rollups {DAY}", Permanent("too large", code="document_too_large"))
    await of.roll_up()

    assert [mark[:15] for mark in await of.marks()] == ["leaf|2026-11-23"]
    of.documents.heal()
    await of.roll_up()
    assert (await of.rows())[DAY] == calls(1)


async def test_keys_beyond_those_that_a_row_names_are_reported(
    of: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("processors.metrics.folding.MOST_KEYS", 2)
    for number in range(4):
        await of.tell(event_id=f"e{number}", project=f"p{number}", occurredAt=f"2026-11-23T0{number}:00:00.000Z")
    await of.roll_up()

    assert (await of.rows())[DAY] == calls(1, "p0") | calls(1, "p1") | calls(2, "~other", "~other")
    assert (await of.row(DAY))["overflows"] is True
    assert (await of.row(HOUR.replace("T08", "T03")))["overflows"] is False
    whose = f"{shown('acme')}/{shown('llm')}"
    assert f"{DAY} of {whose} has 2 keys more than the 2 that are named" in caplog.text


async def test_a_message_of_marks_that_are_gone_is_done(of: World) -> None:
    await of.tell()
    await of.plan()
    await of.plan()
    outcomes = await of.work()
    of.documents.log.clear()

    assert [outcome.what for outcome in outcomes] == ["completed", "completed"]
    assert await of.marks() == []


async def test_running_twice_changes_nothing(of: World) -> None:
    await of.tell(updatedAt=ago(hours=1))
    await of.roll_up()
    before = [(row["id"], row["keys"]) for row in await of.all(ROLLUPS)]
    await of.tell(updatedAt=ago(hours=1))
    await of.roll_up()

    assert [(row["id"], row["keys"]) for row in await of.all(ROLLUPS)] == before
