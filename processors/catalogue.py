"""Which kinds of job does the app have? Operators' commands and the rescue ask here."""

from __future__ import annotations

from processors.taste.kind import taste_kind
from shared.config import Settings
from shared.jobs.kinds import Registry


def registry(settings: Settings) -> Registry:
    """Return every kind of the app."""
    return Registry((taste_kind(settings),))
