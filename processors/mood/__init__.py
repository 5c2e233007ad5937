"""Scraped items become moods and their trends: what the mood functions call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind


async def open_run() -> None:
    """Open the run of the latest slot."""
    from processors.mood.run import mood_run
    from shared.jobs.runs import timers

    await timers.open_run(mood_run)


def job_kind(settings: Settings) -> Kind:
    """Return the kind of the chunks of items of a run."""
    from processors.mood.kind import mood_kind

    return mood_kind(settings)
