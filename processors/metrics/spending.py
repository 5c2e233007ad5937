"""Spending: what have models cost today, by the roll-ups? The budget itself counts events (shared/usage/budget.py)."""

from __future__ import annotations

from datetime import timedelta

from processors.metrics import series
from shared import clock
from shared.documents.port import Documents
from shared.usage.places import APP

_METRIC = "model_cost"


async def spent_today(documents: Documents) -> int:
    """Return what models cost today (UTC), in micro-USD, as far as it is rolled up. One query."""
    now = clock.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    question = series.asked(APP, midnight, midnight + day, metric=_METRIC, granularity="day", source="day")
    (found,) = await series.read(documents, question)
    return found.total.sum if found.total else 0
