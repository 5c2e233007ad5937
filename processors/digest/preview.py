"""Preview of one user's digest, as the latest slot's run would make it now. Reads only: nothing is stored or sent.

Its suggestions are made by rules, also where DIGEST_SUGGESTER asks a model: a look costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from processors.digest import content, inputs, publish, suggestions, surroundings
from processors.digest.model import Digest
from processors.digest.page import render
from processors.digest.ports import Moods, Tastes
from processors.digest.preferences import is_unchanged
from processors.digest.schedule import SLOTS
from shared import clock
from shared.documents.port import Documents
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Preview:
    """A digest that isn't stored, and why the run would not make it: the user has opted out, or nothing is new."""

    digest: Digest
    opted_out: bool
    unchanged: bool

    def files(self) -> dict[str, bytes]:
        """Return the digest and its page, without pictures and links, by the names that its blobs would have."""
        names = publish.blob_names(self.digest.userId, self.digest.week, None)
        return {names.json: publish.as_text(self.digest), names.html: render(self.digest).encode()}


async def preview(documents: Documents, user: str, taste_of: Tastes, moods_of: Moods) -> Preview:
    """Return what the digest of a user would be. Raises NotFound `digest_empty` when it could be about nothing."""
    slot = SLOTS.latest(clock.now())
    mine = await inputs.read(documents, user, slot, taste_of)
    if mine.is_empty:
        raise _empty(user, "no wardrobe and no taste profile is kept")
    around = await surroundings.read(documents, slot, moods_of)
    draft = content.draft(mine, around, week=slot.text, run=f"preview|{slot.text}", at=slot.at)
    made = suggestions.by_rules(suggestions.candidates(mine, draft))
    digest = content.with_suggestions(draft.digest, made, suggestions.RULES)
    if not content.is_worth_opening(digest):
        raise _empty(user, "nothing that is in the air, was scraped or is owned can be suggested")
    unchanged = await is_unchanged(documents, user, slot, mine.fingerprint(around))
    return Preview(digest, mine.opted_out, unchanged)


def _empty(user: str, why: str) -> NotFound:
    return NotFound(f"A digest of {user!r} would be about nothing: {why}.", code="digest_empty")
