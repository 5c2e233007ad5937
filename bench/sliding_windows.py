"""What people have today: every 15 minutes, 19 queries for each active organisation, whether anything happened or not.

One asks whether the organisation is active. The others recompute a sliding window from the events, for six questions:
the last 24 hours by hour, 7 days by day, and this month and the one before by month. They are bare SQL on the table of
the app's events, with the app's index; what they find isn't even written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from processors.metrics.registry import KINDS
from shared import clock
from shared.usage.places import PARTS, place_of

_ACTIVE = timedelta(days=2)
_QUESTIONS = (
    ("document", "sum({type} IS NULL OR {type} = 'processed')"),
    ("document", "sum({values}.pages')), sum({values}.failed_pages'))"),
    ("llm", "sum({reason} = 'challenge'), sum({reason} = 'summarize'), sum({values}.cost_micro_usd'))"),
    ("execution", "sum({type} = 'api')"),
    ("execution", "sum({type} = 'etl'), sum({type} = 'prompt')"),
    ("hitl", "sum({type} = 'review'), sum({type} = 'completion')"),
)
"""The kind of the events, and what is summed up beside their number. A model's calls feed four metrics at once."""
_MEMBERS = {
    "type": "json_extract(body, '$.type')",
    "reason": "json_extract(body, '$.reason')",
    "values": "json_extract(body, '$.values",
}
_SLICE = "json_extract(body, '$.\"slice\"')"
_WINDOW = (
    f"SELECT json_extract(body, '$.project'), substr({_SLICE}, 1, ?), count(*), {{sums}} FROM usageEvents "
    f"WHERE partition IN ({', '.join('?' * PARTS)}) AND {_SLICE} >= ? GROUP BY 1, 2"
)
_IS_ACTIVE = (
    f"SELECT 1 FROM usageEvents WHERE partition IN ({', '.join('?' * PARTS * len(KINDS))}) AND {_SLICE} >= ? LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class _Window:
    """A window from `begin` on, by the first so many characters of a slice: its hour, day or month."""

    begin: datetime
    characters: int


def recompute(connection: sqlite3.Connection, organisations: Iterable[str]) -> int:
    """Recompute all windows of each active organisation; return how many documents that read."""
    now, read = clock.now(), 0
    windows = list(_windows(now))
    for org in organisations:
        places = [place for kind in KINDS for place in _places(org, kind)]
        if connection.execute(_IS_ACTIVE, (*places, clock.to_text(now - _ACTIVE))).fetchone() is None:
            continue
        read += 1
        for kind, sums in _QUESTIONS:
            text = _WINDOW.format(sums=sums.format(**_MEMBERS))
            for window in windows:
                asked = (window.characters, *_places(org, kind), clock.to_text(window.begin))
                read += sum(row[2] for row in connection.execute(text, asked))
    return read


def _windows(now: datetime) -> Iterator[_Window]:
    yield _Window(now - timedelta(hours=24), len("2026-11-23T09"))
    yield _Window(now - timedelta(days=7), len("2026-11-23"))
    this_month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    yield _Window((this_month - timedelta(days=1)).replace(day=1), len("2026-11"))


def _places(org: str, kind: str) -> list[str]:
    return [place_of(org, kind, part) for part in range(PARTS)]
