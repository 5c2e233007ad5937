"""Paused sources: which does the scraper leave out?"""

from __future__ import annotations

from dataclasses import dataclass

from processors.health.check import Check, Topic

TOPIC = Topic("source_paused", "info", "a-source-is-paused")


@dataclass(frozen=True, slots=True)
class PausedSource:
    """A source that isn't scraped, since when (as stored), why and by whom."""

    id: str
    name: str
    since: str
    why: str
    by: str


def check(source: PausedSource) -> Check:
    """Return the finding that a source is paused."""
    told = f"Source {source.name} is paused since {source.since}: {source.why} (by {source.by})."
    return TOPIC.finding(f"source:{source.id}", told)
