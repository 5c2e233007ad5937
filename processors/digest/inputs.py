"""Inputs of one user's digest: what does it depend on, and has any of it changed?"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from processors.digest.model import VERSION
from processors.digest.person import PERSON, Person, person_of
from processors.digest.ports import Taste, Tastes
from processors.digest.surroundings import Surroundings, hash_of
from shared import clock
from shared.documents.containers import DIGEST_FEEDBACK, USER_PROFILES, WARDROBE, WEAR_EVENTS
from shared.documents.ids import sha256
from shared.documents.port import Body, Documents
from shared.documents.shapes import Shape, renamed
from shared.jobs.runs.slots import Slot

PREFERENCES = "digest-preferences"
"""The id of what a user said of digests, in userProfiles."""
SAID = Shape("user's word", 2, {1: lambda body: renamed(body, "at", "updatedAt")})
"""What a user said: of digests (in userProfiles), and of what they suggested (digestFeedback)."""
WEARS_FROM = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that is read of a user: the taste, and documents as they are stored, in a fixed order."""

    user: str
    wardrobe: tuple[Body, ...]
    wears: tuple[Body, ...]
    taste: Taste | None
    feedback: tuple[Body, ...]
    opted_out: bool
    person: Person = field(default_factory=Person)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that a digest could be about."""
        return not self.wardrobe and not (self.taste and self.taste.evidences)

    def terms(self) -> dict[str, float]:
        """Return the words of the taste profile with their weights."""
        return dict(self.taste.terms) if self.taste else {}

    def fingerprint(self, surroundings: Surroundings) -> dict[str, str]:
        """Return a hash of each thing that the digest depends on."""
        return {
            "wardrobe": hash_of(self.wardrobe),
            "wears": hash_of(self.wears),
            "profile": hash_of(self.taste.document if self.taste else None),
            "feedback": hash_of(self.feedback),
            "moods": surroundings.moods_hash,
            "person": hash_of(asdict(self.person)),
            "version": str(VERSION),
        }


async def read(documents: Documents, user: str, slot: Slot, taste_of: Tastes) -> Inputs:
    """Return a user's inputs as they are now; wears of the 180 days before the slot."""
    since = clock.to_text(slot.at - WEARS_FROM)
    wardrobe, wears, feedback, taste, own = await asyncio.gather(
        _all(documents, WARDROBE, user),
        _all(documents, WEAR_EVENTS, user, ("wornAt", ">=", since), ("wornAt", "<", clock.to_text(slot.at))),
        _all(documents, DIGEST_FEEDBACK, user),
        taste_of(documents, user),
        _all(documents, USER_PROFILES, user, ("id", "in", [PERSON, PREFERENCES])),
    )
    by_id = {body["id"]: body for body in own}
    preferences = by_id.get(PREFERENCES)
    opted_out = preferences is not None and SAID.present(preferences)["digest"] is False
    said = tuple(SAID.present(body) for body in feedback)
    return Inputs(user, wardrobe, wears, taste, said, opted_out, person_of(by_id.get(PERSON)))


async def _all(documents: Documents, container: Any, user: str, *where: Any) -> tuple[Body, ...]:
    found = [document.body async for document in documents.query(container, partition=user, where=list(where))]
    return tuple(sorted(found, key=lambda body: str(body["id"])))


def pseudonym(user: str) -> str:
    """Return what stands for a user where the user's id isn't to be kept."""
    return sha256(user)[:16]
