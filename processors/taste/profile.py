"""Taste profile: what is a user's taste, given the evidence?

A pure fold over the user's newest 500 evidences: independent of their order and of repeats. Each weight is a sum of
signals (up +1, down −1) decayed with a half-life relative to the newest evidence, so that folding the same evidence
tomorrow gives the same profile.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from processors.taste.evidence import Order, order_of
from shared import clock

NEWEST = 500
PROFILE_ID = "taste-profile"
FACETS = ("colors", "garments", "styleKeywords", "brands")
"""The members of a profile that hold terms. The same word in two of them counts as the later one has it."""
_DIGITS = 6
_SIGNS = {"up": 1.0, "down": -1.0}


class Term(BaseModel):
    """One word of a facet, and how much the user likes it."""

    model_config = ConfigDict(frozen=True)

    name: str
    weight: float = Field(description="Sum of decayed signals; negative when dislikes outweigh likes.")
    likes: int = Field(ge=0, description="Pictures liked that show it.")
    dislikes: int = Field(ge=0, description="Pictures disliked that show it.")


class Cover(BaseModel):
    """A handling whose evidence is in the profile."""

    model_config = ConfigDict(frozen=True)

    createdAt: str  # noqa: N815 - the document's own name
    jobId: str  # noqa: N815
    generation: int = Field(ge=0)


class TasteProfile(BaseModel):
    """A user's taste, as kept in container userProfiles under id `taste-profile`."""

    model_config = ConfigDict(frozen=True, title="TasteProfile")

    id: str = PROFILE_ID
    userId: str  # noqa: N815
    asOf: str | None = Field(description="The newest evidence's createdAt; weights are relative to it.")  # noqa: N815
    evidences: int = Field(ge=0, description="Pictures that count: likes and dislikes among the newest 500 signals.")
    styleKeywords: list[Term]  # noqa: N815
    colors: list[Term]
    garments: list[Term]
    brands: list[Term]
    covers: list[Cover] = Field(description="The jobs whose evidence is in it.")
    schemaVersion: int = 1  # noqa: N815


def fold(user_id: str, evidences: Iterable[dict[str, Any]], half_life: timedelta) -> dict[str, Any]:
    """Return the profile document of a user from the evidence documents (at most the newest 500 count)."""
    newest = sorted({e["id"]: e for e in evidences}.values(), key=lambda e: (e["order"], e["id"]), reverse=True)[
        :NEWEST
    ]
    as_of = newest[0]["createdAt"] if newest else None
    newest_at = clock.parse(as_of) if as_of else clock.now()
    counted = [(e, _weight(e, newest_at, half_life)) for e in newest if e["signal"] in _SIGNS and e["findings"]]
    profile = TasteProfile(
        userId=user_id,
        asOf=as_of,
        evidences=len(counted),
        styleKeywords=_terms(counted, "styleKeywords"),
        colors=_terms(counted, "colors"),
        garments=_terms(counted, "garments"),
        brands=_terms(counted, "brand"),
        covers=[Cover(createdAt=at, jobId=job, generation=number) for at, job, number in sorted(map(order_of, newest))],
    )
    return profile.model_dump(mode="json")


def covers(profile: dict[str, Any], handling: Order) -> bool:
    """Return whether the profile was folded from that handling's evidence."""
    return dict(zip(("createdAt", "jobId", "generation"), handling, strict=True)) in profile["covers"]


def has_settled(profile: dict[str, Any], handling: Order) -> bool:
    """Return whether the profile needs no fold for that handling: covers it, or is full of newer ones."""
    return covers(profile, handling) or is_full_of_newer(profile, handling)


def is_full_of_newer(profile: dict[str, Any], handling: Order) -> bool:
    """Return whether the profile has its 500 evidences, all newer than that handling's, which so can't change it."""
    covered = profile["covers"]
    return len(covered) >= NEWEST and handling[:2] < (covered[0]["createdAt"], covered[0]["jobId"])


def _weight(evidence: dict[str, Any], as_of: datetime, half_life: timedelta) -> float:
    age = as_of - clock.parse(evidence["createdAt"])
    return _SIGNS[evidence["signal"]] * math.pow(0.5, age / half_life)


def _terms(counted: list[tuple[dict[str, Any], float]], member: str) -> list[Term]:
    weights: dict[str, list[float]] = {}
    for evidence, weight in counted:
        found = evidence["findings"][member]
        for name in sorted(set(found if isinstance(found, list) else [found] if found else [])):
            weights.setdefault(name, []).append(weight)
    terms = [
        Term(
            name=name,
            weight=round(math.fsum(parts), _DIGITS),
            likes=sum(part > 0 for part in parts),
            dislikes=sum(part < 0 for part in parts),
        )
        for name, parts in weights.items()
    ]
    return sorted(terms, key=lambda term: (-term.weight, term.name))
