"""Whose jobs an operator means: a user's, or the app's own, as they are shown (``~run|digest|2026-W48``)."""

from __future__ import annotations

from shared.documents import ids


def meant(text: str) -> str:
    """Return the partition that an operator means by a text as it was shown; never for a text from outside."""
    return ids.meant(text)
