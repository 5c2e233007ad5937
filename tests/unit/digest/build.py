"""Builders of what digests are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from processors.digest.content import Draft, draft
from processors.digest.inputs import Inputs
from processors.digest.surroundings import ItemInfluence, MoodInfluence, Surroundings
from processors.digest.words import words_of
from processors.mood.recent import RecentMood
from processors.taste.stored import Taste

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = "2026-W48"


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
) -> MoodInfluence:
    """Return a mood of the last weeks."""
    found = RecentMood(f"mood-{name}", name, "resort", f"{name}.", palette, (name, *pieces), items)
    return MoodInfluence(found, words_of(*found.texts))


def scraped(key: str, title: str, **more: Any) -> ItemInfluence:
    """Return a scraped item."""
    body = {"id": key, "title": title, "text": "", "url": f"https://shop.example/{key}", **more}
    return ItemInfluence(body, words_of(title))


def around(*moods: MoodInfluence, items: tuple[ItemInfluence, ...] = ()) -> Surroundings:
    """Return what all digests share."""
    return Surroundings(moods, items)


def drafted(of: Inputs, surroundings: Surroundings | None = None) -> Draft:
    """Return the digest without suggestions."""
    return draft(of, surroundings or around(), week=WEEK, run=f"digest|{WEEK}", at=AT)
