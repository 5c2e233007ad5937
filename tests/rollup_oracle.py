"""What do usage events add up to? Said once more, from the messages that told them, and by none of the app's code.

A full recompute: of each event the version that was updated last, then all of its metrics into all of its buckets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Any

Message = dict[str, Any]
"""An event as it is told."""
Rows = dict[tuple[str, str, str], dict[tuple[str, str, str], tuple[int, int, int, int]]]
"""By organisation, kind and bucket, and then by metric, project and tag: sum, count, least and greatest."""

_TYPES = {
    ("document", None): "documents_processed",
    ("document", "processed"): "documents_processed",
    ("execution", "api"): "deployed_api_requests",
    ("execution", "etl"): "etl_pipeline_executions",
    ("execution", "prompt"): "prompt_executions",
    ("hitl", "review"): "hitl_reviews",
    ("hitl", "completion"): "hitl_completions",
}
_REASONS = {"challenge": "challenges", "summarize": "summarization_calls"}


def rows_of(told: Iterable[Message], leaves_since: str) -> Rows:
    """Return every row that isn't empty, given that leaves and hours are kept of instants since `leaves_since`."""
    latest = {}
    for event in sorted(told, key=lambda event: event.get("updatedAt", "")):
        latest[event["orgId"], event["kind"], event["event_id"]] = event
    values = defaultdict(lambda: defaultdict(list))
    for (org, kind, event_id), event in latest.items():
        for metric, value in [] if event.get("void") else _said(event):
            for bucket in _buckets(event_id, event["occurredAt"], leaves_since):
                values[org, kind, bucket][metric, event.get("project", ""), event.get("tag", "")].append(value)
    return {
        row: {key: (sum(given), len(given), min(given), max(given)) for key, given in keys.items()}
        for row, keys in values.items()
    }


def _said(event: Message) -> Iterator[tuple[str, int]]:
    kind, values = event["kind"], event.get("values", {})
    if metric := _TYPES.get((kind, event.get("type"))):
        yield metric, 1
    if kind == "llm":
        yield "llm_calls", 1
        if metric := _REASONS.get(event.get("reason", "")):
            yield metric, 1
        if "cost" in values:
            yield "llm_usage", int(Decimal(str(values["cost"])) * 1_000_000)
    if kind == "document":
        for name, metric in (("pages", "pages_processed"), ("failed_pages", "failed_pages")):
            if name in values:
                yield metric, values[name]


def _buckets(event_id: str, at: str, leaves_since: str) -> Iterator[str]:
    yield f"day|{at[:10]}T00:00:00.000Z"
    yield f"month|{at[:7]}-01T00:00:00.000Z"
    if at >= leaves_since:
        yield f"hour|{at[:13]}:00:00.000Z"
        part = int(sha256(event_id.encode()).hexdigest()[0], 16)
        yield f"leaf|{at[:14]}{int(at[14:16]) // 5 * 5:02}:00.000Z|{part:02}"
