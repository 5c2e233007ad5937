"""One chunk of items of a run as a kind of job."""

from __future__ import annotations

from functools import lru_cache

from processors.mood.handler import MoodJob, handle
from shared.config import Settings
from shared.jobs.kinds import Kind
from shared.jobs.runs.shards import shard_kind
from shared.models.client import gate_of
from shared.usage.budget import BUDGET_GATE


@lru_cache(maxsize=1)
def mood_kind(settings: Settings) -> Kind:
    """Return the kind `mood` as the settings have it."""
    asked = (gate_of(settings.openai_model), BUDGET_GATE) if settings.mood_extractor == "openai" else ()
    return shard_kind("mood", settings.mood_queue, handle, model=MoodJob, dependencies=asked)
