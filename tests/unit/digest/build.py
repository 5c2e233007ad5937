"""Builders of what digests are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from processors.digest import surroundings as surrounding
from processors.digest.content import Draft, draft
from processors.digest.inputs import Inputs
from processors.digest.surroundings import Surroundings
from processors.digest.words import words_of
from processors.mood.recent import RecentMood
from processors.taste.stored import Taste

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = "2026-W48"
Scraped = tuple[dict[str, Any], frozenset[str]]
"""A scraped item, and its words."""


def item(key: str, **more: Any) -> dict[str, Any]:
    """Return an item of the wardrobe."""
    return {"id": key, "userId": "ada", "title": key.replace("-", " ").capitalize(), **more}


def worn(key: str, wears: int, day: str, **more: Any) -> dict[str, Any]:
    """Return an item that was worn."""
    return item(key, wearCount=wears, lastWornAt=f"{day}T09:00:00.000Z", **more)


def taste(**weights: float) -> Taste:
    """Return a taste with these garments and styles; underscores stand for blanks."""
    terms = [{"name": name.replace("_", " "), "weight": weight} for name, weight in weights.items()]
    return Taste({"id": "taste-profile", "userId": "ada", "evidences": len(terms), "garments": terms})


def inputs(*wardrobe: dict[str, Any], **more: Any) -> Inputs:
    """Return a user's inputs."""
    given: dict[str, Any] = {"wears": (), "taste": None, "feedback": (), "opted_out": False, **more}
    return Inputs("ada", tuple(wardrobe), **given)


def mood(
    name: str, *, items: int = 3, pieces: tuple[str, ...] = (), palette: tuple[str, ...] = ("#fafafa",)
) -> RecentMood:
    """Return a mood of the last weeks."""
    return RecentMood(f"mood-{name}", name, "resort", f"{name}.", palette, (name, *pieces), items)


def scraped(key: str, title: str, **more: Any) -> Scraped:
    """Return a scraped item."""
    body = {"id": key, "title": title, "text": "", "url": f"https://shop.example/{key}", **more}
    return body, words_of(title)


def around(*moods: RecentMood, items: tuple[Scraped, ...] = ()) -> Surroundings:
    """Return what all digests share."""
    return surrounding.of(moods, items)


def drafted(of: Inputs, surroundings: Surroundings | None = None) -> Draft:
    """Return the digest without suggestions."""
    return draft(of, surroundings or around(), week=WEEK, run=f"digest|{WEEK}", at=AT)
