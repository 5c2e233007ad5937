"""A like becomes a taste profile: what the queue functions of the taste jobs call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind


def job_kind(settings: Settings) -> Kind:
    """Return the kind of the likes."""
    from processors.taste.kind import taste_kind

    return taste_kind(settings)
