"""What should the rows say? A full recompute, by nothing but what was sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.integration.metrics.worlds import Keys, buckets

KEPT_DAYS = {"leaf": 30, "hour": 30, "day": 400, "month": 100_000}
LENGTH = {"leaf": timedelta(minutes=5), "hour": timedelta(hours=1), "day": timedelta(days=1), "month": timedelta()}


def recomputed(sent: Iterable[Mapping[str, Any]], now: datetime) -> dict[tuple[str, str], Keys]:
    """Return what the rows that are still kept should say, by organisation and bucket."""
    latest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for event in sorted(sent, key=lambda event: event["updatedAt"]):
        latest[event["orgId"], event["event_id"]] = event
    rows: dict[tuple[str, str], Keys] = {}
    for event in latest.values():
        for bucket in [] if event["void"] else [leaf(event), *buckets(event["occurredAt"])]:
            for metric, value in values(event) if is_kept(bucket, now) else []:
                row, key = rows.setdefault((event["orgId"], bucket), {}), (metric, event["project"], "")
                total, count, least, most = row.get(key, (0, 0, value, value))
                row[key] = (total + value, count + 1, min(least, value), max(most, value))
    return rows


def values(event: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield what an event about a model's call says of each metric."""
    yield "llm_calls", 1
    yield "llm_usage", round(event["values"]["cost"] * 1_000_000)
    if event["reason"] == "challenge":
        yield "challenges", 1


def leaf(event: Mapping[str, Any]) -> str:
    """Return the leaf of an event."""
    at, part = event["occurredAt"], int(hashlib.sha256(event["event_id"].encode()).hexdigest()[0], 16)
    return f"leaf|{at[:14]}{int(at[14:16]) // 5 * 5:02}:00.000Z|{part:02}"


def is_kept(bucket: str, now: datetime) -> bool:
    """Return whether a row of that bucket hasn't expired."""
    tier, start = bucket.split("|")[:2]
    return datetime.fromisoformat(start) + LENGTH[tier] + timedelta(days=KEPT_DAYS[tier]) > now
