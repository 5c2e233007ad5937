"""The taste job as a kind of job."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from processors.taste.handler import TasteAnalysis
from processors.taste.model import TasteJob, key_of, settle
from shared.config import Settings
from shared.jobs.kinds import Kind, Needs, Policy
from shared.jobs.latest import Latest
from shared.usage.budget import BUDGET_GATE


@lru_cache(maxsize=1)
def taste_kind(settings: Settings) -> Kind:
    """Return the kind `taste` as the settings have it."""
    analysis = TasteAnalysis(timedelta(days=settings.taste_half_life_days))
    return Kind(
        name="taste",
        queue=settings.taste_queue,
        model=TasteJob,
        handler=analysis.handle,
        identify=key_of,
        settle=settle,
        policy=Policy(
            max_attempts=settings.taste_max_attempts,
            redelivery_max=timedelta(seconds=settings.taste_redelivery_max_seconds),
            dedupe_window=timedelta(seconds=settings.taste_dedupe_ttl_seconds),
            completed_window=timedelta(seconds=settings.taste_completed_ttl_seconds),
        ),
        dependencies=("blob", *_of_the_analyser(settings)),
        needs=Needs("signal", {"none": ()}),  # what takes a like back looks at no picture
        latest=Latest("createdAt", analysis.standing, analysis.move_up),
    )


def _of_the_analyser(settings: Settings) -> tuple[str, ...]:
    if settings.taste_analyser != "openai":
        return ()
    return (f"model:{settings.openai_model}", BUDGET_GATE)
