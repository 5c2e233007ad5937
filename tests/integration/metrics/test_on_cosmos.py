"""Do events become the same rows in Cosmos DB as in SQLite?"""

from __future__ import annotations

from typing import Any

from processors.metrics.completeness import complete_up_to
from shared.documents.containers import ROLLUP_WORK, ROLLUPS, USAGE_EVENTS
from shared.documents.sqlite import SqliteDocuments
from tests import cosmos_stores
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.worlds import SETTINGS, World, ago, buckets, calls

HOUR, DAY, MONTH = buckets("2026-11-23T08")


async def rolled_up(time: MovingClock, store: Any) -> list[dict[str, object]]:
    """Tell of events in several organisations, correct, move and void some, roll up, and return all rows."""
    of = World(time, store)
    for number in range(6):
        await of.tell(
            event_id=f"e{number}", orgId=f"org {number % 3}", project=f"p{number % 2}", values={"cost": number / 100},
            occurredAt=ago(hours=14 * number), updatedAt=ago(days=9),
        )  # fmt: skip
    await of.roll_up()
    await of.tell(event_id="e0", orgId="org 0", occurredAt=ago(days=40), updatedAt=ago(days=8))
    await of.tell(event_id="e1", orgId="org 1", void=True, updatedAt=ago(days=8))
    await of.tell(event_id="e2", orgId="org 2", project="corrected", updatedAt=ago(days=8))
    await of.settle()
    rows = sorted(await of.all(ROLLUPS), key=lambda row: (row["orgKind"], row["id"]))
    return [{name: value for name, value in row.items() if not name.startswith("_")} for row in rows]


async def test_rows_in_cosmos_db_are_those_in_sqlite(cosmos_standin: str, time: MovingClock) -> None:
    async with cosmos_stores.on_standin(cosmos_standin) as cosmos:
        rows = await rolled_up(time, cosmos)

    time.now = MovingClock().now
    sqlite = SqliteDocuments(":memory:")
    assert rows == await rolled_up(time, sqlite)
    await sqlite.close()
    assert len(rows) > 20


async def test_an_event_becomes_a_mark_a_message_and_rows_in_cosmos_db(cosmos_standin: str, time: MovingClock) -> None:
    async with cosmos_stores.on_standin(cosmos_standin) as cosmos:
        of = World(time, cosmos)
        await of.tell()
        (event,), (mark,) = await of.all(USAGE_EVENTS), await of.all(ROLLUP_WORK)
        known = await complete_up_to(cosmos, of.queues, SETTINGS)
        planned = await of.plan()
        await of.work()

        assert (event["slice"], mark["mark"][:29]) == ("2026-11-23T08:05:00.000Z", "leaf|2026-11-23T08:05:00.000Z")
        assert (known.at, known.marks, planned.marks, planned.messages) == (time.now, 1, 1, 1)
        assert await of.marks() == []
        rows = await of.rows()
        assert [rows[name] for name in (HOUR, DAY, MONTH)] == [calls(1)] * 3


async def test_two_hours_of_a_day_at_once_both_count_in_cosmos_db(cosmos_standin: str, time: MovingClock) -> None:
    async with cosmos_stores.on_standin(cosmos_standin) as cosmos:
        of = World(time, cosmos)
        await of.tell()
        await of.plan()
        other = of.another()
        await other.tell(event_id="e2", occurredAt="2026-11-23T05:00:00.000Z")
        of.documents.meanwhile("query rollups", other.roll_up)
        await of.work()

        assert (await of.rows())[DAY] == calls(2)
        assert await of.marks() == []


async def test_an_event_that_comes_while_its_bucket_is_recomputed_counts_in_cosmos_db(
    cosmos_standin: str, time: MovingClock
) -> None:
    async with cosmos_stores.on_standin(cosmos_standin) as cosmos:
        of = World(time, cosmos)
        await of.tell()
        of.documents.meanwhile("create rollups", lambda: of.another().tell(event_id="e2"))
        await of.roll_up()
        await of.roll_up()

        assert (await of.rows())[MONTH] == calls(2)
        assert await of.marks() == []
