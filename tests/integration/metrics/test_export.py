"""Can what is exported be read by those it is for?"""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from operations import metrics, metrics_export
from operations.actor import ROLES, Actor
from operations.metrics_export import Exported
from processors.metrics.series import asked
from shared import clock
from tests.integration.metrics.worlds import World, ago

READER = Actor("ada", frozenset(ROLES), frozenset({"*"}))


async def test_open_metrics_are_gauges_with_the_times_of_their_buckets(of: World) -> None:
    families = {one.name: one for one in text_string_to_metric_families(metrics_export.open_metrics(await _rows(of)))}

    sums, events = families["nightshift_llm_usage_sum"], families["nightshift_llm_usage_events"]
    assert (sums.type, events.type) == ("gauge", "gauge")
    first = [(sample.labels["project"], sample.value, sample.timestamp) for sample in sums.samples]
    at = [clock.parse(f"2026-11-23T{hour}:00:00Z").timestamp() for hour in ("06", "08")]
    assert [(project, value, float(time)) for project, value, time in first] == [
        ("=p", 1.0, at[0]),
        ("=p", 0.75, at[1]),
    ]


async def test_open_metrics_end_with_their_mark(of: World) -> None:
    assert metrics_export.open_metrics(await _rows(of)).endswith("# EOF\n")


async def test_csv_has_a_row_per_key_and_bucket_and_no_formula(of: World) -> None:
    lines = metrics_export.csv_text(row.cells for row in await _rows(of))
    rows = [row for row in csv.DictReader(lines) if row["metric"] == "llm_usage"]

    assert [(row["bucket"], row["sum"], row["events"], row["project"]) for row in rows] == [
        ("2026-11-23T06:00:00.000Z", "1.0", "1", "'=p"),
        ("2026-11-23T08:00:00.000Z", "0.75", "2", "'=p"),
    ]


async def test_parquet_keeps_times_and_numbers_as_such(of: World, tmp_path: Path) -> None:
    rows = await _rows(of)

    count = metrics_export.write_parquet(rows, tmp_path / "acme.parquet")

    table = pq.read_table(tmp_path / "acme.parquet")
    assert (table.num_rows, count) == (len(rows), len(rows))
    assert str(table.schema.field("bucket").type) == "timestamp[ms, tz=UTC]"
    assert set(table.column("metric").to_pylist()) == {"llm_calls", "llm_usage"}
    assert sum(table.column("events").to_pylist()) == 6


async def _rows(of: World) -> list[Exported]:
    for hours, cost in ((1, 0.5), (1, 0.25), (3, 1.0)):
        at = ago(hours=hours)
        await of.tell(event_id=f"{hours}-{cost}", occurredAt=at, project="=p", values={"cost": cost})
    await of.settle()
    now = clock.now()
    question = asked("acme", now - timedelta(hours=6), now)
    return [Exported("acme", metric, found) async for metric, found in metrics.rows(of.services, READER, question)]
