"""Does the nightly reconcile find what a crash lost, and what no crash explains?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from processors.metrics import reconcile
from shared.alerts.states import SYSTEM
from shared.documents.containers import ALERT_STATES, ROLLUP_WORK, ROLLUPS
from tests.integration.metrics.runs import reconciled
from tests.integration.metrics.worlds import World, ago, buckets, calls

HOUR, DAY, MONTH = buckets("2026-11-23T08")


async def test_an_event_whose_mark_and_message_were_lost_is_rolled_up(of: World) -> None:
    await of.tell(occurredAt=ago(days=90))
    await _lose_marks(of)
    of.time.advance(3600)

    await reconciled(of)
    await of.settle()

    assert (await of.rows())[buckets(ago(days=90, hours=1))[2]] == calls(1)


async def test_what_was_recorded_more_than_7_days_ago_is_left_alone(of: World) -> None:
    await of.tell()
    await of.settle()
    of.time.advance(timedelta(days=8).total_seconds())

    await reconciled(of)

    assert [mark for mark in await _marks(of) if mark == "acme"] == []


async def test_rows_that_say_what_events_say_raise_no_alert(of: World) -> None:
    await _an_hour_that_is_settled(of)

    found = await reconciled(of)

    assert found.counters["different"] == 0
    assert (await _state(of))["verdict"] == "clear"


async def test_a_row_that_differs_is_told_as_an_alert_and_made_anew(of: World) -> None:
    await _an_hour_that_is_settled(of)
    await _falsify(of, HOUR)

    found = await reconciled(of)
    told = await _state(of)
    await of.settle()

    assert found.counters["different"] >= 1
    assert (told["verdict"], told["status"]) == ("breach", "FIRING")
    assert (await of.rows())[HOUR] == calls(1)


async def test_a_day_that_differs_from_its_hours_is_told(of: World) -> None:
    await _an_hour_that_is_settled(of)
    await _falsify(of, DAY)

    assert (await reconciled(of)).counters["different"] == 1


async def test_a_row_whose_slice_is_marked_is_no_defect(of: World) -> None:
    await _an_hour_that_is_settled(of)
    await _falsify(of, HOUR)
    await of.tell(event_id="late", occurredAt="2026-11-23T08:40:00.000Z")
    of.time.advance(3600)

    assert (await reconciled(of)).counters["different"] == 0


async def test_more_events_than_a_page_are_all_marked(of: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "_PAGE", 2)
    for number in range(7):
        await of.tell(event_id=f"e{number}", occurredAt=ago(minutes=10 * number))
        of.time.advance(1)
    await of.settle()
    of.time.advance(3600)

    found = await reconciled(of)

    marked = {mark.split("|")[1] for mark in await of.marks()}
    assert found.counters["events"] >= 7
    assert len([at for at in marked if at < "2026-11-23T09:05"]) == 7


async def _an_hour_that_is_settled(of: World) -> None:
    await of.tell()
    await of.settle()
    of.time.advance(timedelta(hours=2).total_seconds())


async def _falsify(of: World, bucket: str) -> None:
    row = await of.row(bucket)
    await of.store.upsert(ROLLUPS, {**row, "keys": [["llm_calls", "", "", 5, 5, 1, 1]]})


async def _lose_marks(of: World) -> None:
    async for document in of.store.query(ROLLUP_WORK):
        await of.store.delete(ROLLUP_WORK, document.body["bucket"], document.body["id"], document.etag)


async def _marks(of: World) -> list[str]:
    return [body["orgId"] for body in await of.all(ROLLUP_WORK)]


async def _state(of: World) -> dict[str, object]:
    (found,) = [document.body async for document in of.store.query(ALERT_STATES, partition=SYSTEM)]
    return found
