"""What is kept of a user's taste, as other workloads see it."""

from __future__ import annotations

from dataclasses import dataclass

from processors.taste.profile import FACETS, PROFILE_ID
from shared.documents.containers import USER_PROFILES
from shared.documents.port import Body, Documents


@dataclass(frozen=True, slots=True)
class Taste:
    """A user's taste profile: the document as it is kept."""

    document: Body

    @property
    def evidences(self) -> int:
        """How many pictures count."""
        return int(self.document.get("evidences", 0))

    @property
    def terms(self) -> dict[str, float]:
        """The words of all facets, and how much the user likes each."""
        return {term["name"]: term["weight"] for facet in FACETS for term in self.document.get(facet, ())}


async def taste_of(documents: Documents, user: str) -> Taste | None:
    """Return a user's taste; None while there is no profile."""
    found = await documents.get(USER_PROFILES, user, PROFILE_ID)
    return None if found is None else Taste(found.body)
