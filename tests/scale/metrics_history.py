"""Sixty days of usage events and roll-ups, of as many organisations as one likes.

What one organisation has is made by the app. The others get copies of it, by one statement of SQL a container: a
million documents in seconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from processors.metrics.source import EVENTS
from shared import clock
from shared.documents.containers import ROLLUP_WORK, ROLLUPS, USAGE_EVENTS
from shared.documents.port import Documents
from shared.rollups import marks
from shared.rollups.buckets import TIERS, Tier
from shared.rollups.rolling_up import roll_up
from shared.usage import events
from shared.usage.events import UsageEvent

DAYS = 60
KINDS = ("llm", "document", "execution", "hitl")
TYPES = {"execution": ("api", "etl", "prompt"), "hitl": ("review", "completion")}
_COPIES = """
INSERT INTO {table} (partition, id, etag, body, expires_at)
WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < :others),
history AS MATERIALIZED (SELECT * FROM {table} WHERE {wanted} ORDER BY partition, id)
SELECT replace(partition, :first, name), id, etag, replace(body, :first, name), expires_at
FROM (SELECT printf('org-%06d', number) AS name FROM numbers) CROSS JOIN history
"""


def name_of(number: int) -> str:
    """Return the name of an organisation, counted from 0."""
    return f"org-{number:06}"


def event(org: str, number: int, minutes_ago: float, kind: str = "llm") -> UsageEvent:
    """Return an event of so many minutes ago."""
    at, turn = clock.now() - timedelta(minutes=minutes_ago), number // len(KINDS)
    types: tuple[str | None, ...] = TYPES.get(kind, (None,))
    values = {"llm": {"cost_micro_usd": 1200 + number % 7}, "document": {"pages": 1 + number % 9, "failed_pages": 0}}
    reasons: tuple[str | None, ...] = ("extraction", "challenge", "summarize") if kind == "llm" else (None,)
    return UsageEvent(
        org, kind, f"e{number}", at, at, type=types[turn % len(types)], reason=reasons[turn % len(reasons)],
        project=f"p{number % 3}", values=values.get(kind, {}),
    )  # fmt: skip


async def write_first(documents: Documents, count: int) -> None:
    """Let the first organisation have had so many events in the last 60 days, evenly, and rolled up."""
    for number in range(count):
        minutes_ago = (number + 0.5) * DAYS * 24 * 60 / count
        await events.record(documents, event(name_of(0), number, minutes_ago, KINDS[number % len(KINDS)]))
    by_kind: dict[str, list[marks.Mark]] = defaultdict(list)
    async for document in documents.query(ROLLUP_WORK):
        mark = marks.standing(document).mark
        by_kind[mark.kind].append(mark)
    for work in by_kind.values():
        await roll_up(documents, EVENTS, work)


def copy_for_others(connection: sqlite3.Connection, count: int, tiers: Sequence[Tier] = TIERS) -> None:
    """Let each of `count` organisations have the events of the first, and its rows of these tiers."""
    of_tiers = "json_extract(body, '$.tier') IN (SELECT value FROM json_each(:tiers))"
    connection.execute("BEGIN")
    for container, wanted in ((USAGE_EVENTS, "true"), (ROLLUPS, of_tiers)):
        text = _COPIES.format(table=container.name, wanted=wanted)
        connection.execute(text, {"others": count - 1, "first": name_of(0), "tiers": json.dumps(tiers)})
    connection.execute("COMMIT")
