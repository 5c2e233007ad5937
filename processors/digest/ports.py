"""What digests ask of other workloads: a user's taste, and the moods of the last weeks. The catalogue hands both in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from shared.documents.port import Body, Documents


class Taste(Protocol):
    """A user's taste."""

    @property
    def document(self) -> Body:
        """All that is kept of it: a digest is made anew when it changes."""

    @property
    def evidences(self) -> int:
        """How many pictures it was made from."""

    @property
    def terms(self) -> Mapping[str, float]:
        """Words, and how much the user likes each."""


class Mood(Protocol):
    """A mood, and how many items supported it in the weeks that were asked about."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def primary(self) -> str:
        """The primary mood that it belongs to."""

    @property
    def description(self) -> str:
        """A sentence about it."""

    @property
    def palette(self) -> Sequence[str]:
        """Its colours, as ``#rrggbb``."""

    @property
    def texts(self) -> Sequence[str]:
        """All texts whose words tell of it."""

    @property
    def items(self) -> int:
        """How many items supported it."""


class Tastes(Protocol):
    """Reads a user's taste."""

    async def __call__(self, documents: Documents, user: str) -> Taste | None:
        """Return a user's taste; None while nothing is known of it."""


class Moods(Protocol):
    """Reads moods."""

    async def __call__(self, documents: Documents, weeks: Collection[str]) -> Sequence[Mood]:
        """Return the moods that items of these ISO weeks supported, in no order."""
