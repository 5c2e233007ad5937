"""Export of metrics: roll-ups as CSV, as OpenMetrics, or as a Parquet file.

A row says what came in its bucket, so it is a gauge at the bucket's beginning: a counter of OpenMetrics would have to
grow from one to the next, and a histogram to have its buckets.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.metrics import value_of
from processors.metrics.registry import Metric
from processors.metrics.series import Found
from shared import clock
from shared.errors import Refused

COLUMNS = ("bucket", "org", "metric", "type", "unit", "project", "tag", "sum", "events", "average", "min", "max")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PREFIX = "nightshift"


@dataclass(frozen=True, slots=True)
class Exported:
    """A tally of a metric, project and tag in a bucket, in the metric's unit."""

    org: str
    metric: Metric
    found: Found

    @property
    def cells(self) -> tuple[Any, ...]:
        """Its values by COLUMNS."""
        metric, key, tally = self.metric, self.found.key, self.found.tally
        numbers = (tally.sum, tally.count, tally.sum / tally.count, tally.min, tally.max)
        total, events, *others = numbers
        return (
            clock.to_text(self.found.start),
            self.org,
            metric.name,
            metric.type,
            metric.unit.name,
            key.project,
            key.tag,
            value_of(metric, total),
            events,
            *(value_of(metric, one) for one in others),
        )


def csv_text(rows: Iterable[Iterable[Any]], columns: Iterable[str] = COLUMNS) -> Iterator[str]:
    """Yield the lines of a CSV file with its header. A text that a spreadsheet would take for a formula is quoted."""
    yield _line(columns)
    for row in rows:
        yield _line(row)


def open_metrics(rows: Iterable[Exported]) -> str:
    """Return rows as OpenMetrics text: gauges ``nightshift_METRIC_sum`` and ``…_events``, with their buckets' times."""
    from prometheus_client.core import CollectorRegistry, GaugeMetricFamily
    from prometheus_client.openmetrics.exposition import generate_latest

    by_metric: dict[str, list[Exported]] = defaultdict(list)
    for row in rows:
        by_metric[row.metric.name].append(row)

    class Rows:
        def collect(self) -> Iterator[GaugeMetricFamily]:
            for name, of_metric in sorted(by_metric.items()):
                of_metric.sort(key=lambda row: (row.found.key, row.found.start))
                for what in ("sum", "events"):
                    yield _gauge(name, what, of_metric)

    registry = CollectorRegistry()
    registry.register(Rows())
    text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return text.decode()


def write_parquet(rows: Iterable[Exported], file: Path) -> int:
    """Write rows to a Parquet file; return how many. Raises Refused when pyarrow isn't installed."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped]
        import pyarrow.parquet as pq  # type: ignore[import-untyped]
    except ImportError:
        raise Refused("Parquet needs pyarrow, which isn't installed.", code="pyarrow_missing") from None
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for row in rows:
        for name, value in zip(COLUMNS, row.cells, strict=True):
            columns[name].append(clock.parse(value) if name == "bucket" else value)
    numbers = {"events": pa.int64(), "bucket": pa.timestamp("ms", tz="UTC")}
    floats = dict.fromkeys(("sum", "average", "min", "max"), pa.float64())
    schema = pa.schema([(name, {**numbers, **floats}.get(name, pa.string())) for name in COLUMNS])
    pq.write_table(pa.table(columns, schema=schema), file)
    return len(columns["bucket"])


def _gauge(name: str, what: str, rows: Iterable[Exported]) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    gauge: GaugeMetricFamily | None = None
    for row in rows:
        if gauge is None:
            about = f"{what} of the metric {name} ({row.metric.unit.name}) in the bucket that begins then"
            gauge = GaugeMetricFamily(f"{_PREFIX}_{name}_{what}", about, labels=("org", "project", "tag"))
        tally, key = row.found.tally, row.found.key
        value = tally.count if what == "events" else value_of(row.metric, tally.sum)
        gauge.add_metric((row.org, key.project, key.tag), value, timestamp=row.found.start.timestamp())
    return gauge


def _line(cells: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_safe(cell) for cell in cells])
    return out.getvalue()


def _safe(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
