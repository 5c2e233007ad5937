"""Moods: which were found in scraped items, and how many items support each, by ISO week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from operations.actor import Actor
from operations.answers import Page, page
from processors.mood import stored
from processors.mood.vocabulary import PRIMARY
from shared.documents.port import Body, Documents
from shared.errors import NotFound, Refused, UsageError
from shared.suggestion import did_you_mean

RECENT_WEEKS = 4
PRIMARY_MOODS = tuple(PRIMARY)
"""What a mood is first of all."""


@dataclass(frozen=True, slots=True)
class Mood:
    """A mood: how it looks, where it was seen, its items by ISO week (of so many weeks) and of the last four."""

    id: str
    name: str
    primary_mood: str
    first_seen_at: str
    sources: list[str]
    sub_moods: list[str]
    description: str
    signals: dict[str, Any]
    embedding_model: str | None
    weeks: dict[str, int]
    recent_items: int


@dataclass(frozen=True, slots=True)
class Trend:
    """How many distinct items support a mood, by ISO week."""

    id: str
    name: str
    primary_mood: str
    weeks: dict[str, int]


async def search(
    documents: Documents, by: Actor, *, primary: str | None = None, weeks: int = RECENT_WEEKS, limit: int | None = None
) -> Page[Mood]:
    """Return the moods with the counts of so many ISO weeks, those of most recent items first.

    Raises UsageError for a primary mood that there isn't.
    """
    by.require("reader")
    if primary is not None and primary not in PRIMARY:
        raise UsageError(
            f"There is no primary mood {primary!r}.{did_you_mean(primary, PRIMARY)} They are {', '.join(PRIMARY)}.",
            code="primary_mood_unknown",
        )
    span = stored.newest_weeks(weeks)
    views = [_view(body, span) for body in await stored.all_of(documents) if primary in (None, body["primaryMood"])]
    return page(sorted(views, key=lambda view: (-view.recent_items, view.name))[:limit])


async def get(documents: Documents, by: Actor, mood: str, *, weeks: int = 8) -> Mood:
    """Return the mood of that name, or whose id is or begins with it.

    Raises NotFound, or Refused when several are meant.
    """
    views = (await search(documents, by, weeks=weeks)).items
    exact = [view for view in views if mood in (view.id, view.name)]
    found = exact or [view for view in views if view.id.startswith(mood)]
    if not found:
        names = [view.name for view in views]
        raise NotFound(f"There is no mood {mood!r}.{did_you_mean(mood, names)}", code="mood_not_found")
    if len(found) > 1:
        listed = ", ".join(f"{view.id} ({view.name})" for view in found[:5])
        raise Refused(f"{mood!r} stands for several: {listed}.", code="mood_ambiguous")
    return found[0]


async def trends(
    documents: Documents, by: Actor, *, primary: str | None = None, weeks: int = 8, limit: int = 20
) -> Page[Trend]:
    """Return the moods' trends, of most recent items first. Raises as `search` does."""
    found = await search(documents, by, primary=primary, weeks=weeks, limit=limit)
    return page(Trend(view.id, view.name, view.primary_mood, view.weeks) for view in found.items)


def _view(body: Body, span: list[str]) -> Mood:
    counts = {week: body["trend"].get(week, 0) for week in span}
    return Mood(
        body["id"],
        body["name"],
        body["primaryMood"],
        body["firstSeenAt"],
        body["sources"],
        body.get("subMoods", []),
        body.get("description", ""),
        body.get("signals", {}),
        body.get("embeddingModel"),
        counts,
        sum(list(counts.values())[-RECENT_WEEKS:]),
    )
