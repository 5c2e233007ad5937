"""Questions to the measures of usage: which organisation, options and window are meant, and what is the answer?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from processors.metrics.completeness import complete_up_to
from processors.metrics.folding import Key, Tally
from processors.metrics.registry import Metric
from shared import clock
from shared.errors import Transient, UsageError
from shared.measures import Ask, Measured, NoData, Period, Reading
from shared.services import Services

BEHIND = timedelta(hours=2)
"""Roll-ups that are complete up to an instant older than that are no ground for a judgement."""
HOUR = timedelta(hours=1)
_PREFIX = "org:"


class Options(BaseModel):
    """Which events count, and what is made of their values."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    project: str | None = None
    tag: str | None = None
    stat: Literal["sum", "average", "min", "max"] = "sum"

    def counts(self, key: Key) -> bool:
        """Return whether a row's key counts, its metric aside."""
        return self.project in (None, key.project) and self.tag in (None, key.tag)


async def complete(services: Services) -> datetime:
    """Return up to when the roll-ups are complete. Raises Transient (``metrics_behind``) when that is too long ago."""
    now = clock.now()
    at = (await complete_up_to(services.documents, services.queues, services.settings)).at
    if now - at > BEHIND:
        raise Transient(
            f"The roll-ups of metrics are complete up to {clock.to_text(at)} only", code="metrics_behind",
            dependency="metrics",
        )  # fmt: skip
    return at


def whole_hours(window: Period, complete: datetime) -> Period:
    """Return the whole hours for a window that is asked for: as long or longer, and ending where all is complete."""
    end = min(window.end, complete).replace(minute=0, second=0, microsecond=0)
    hours = -((window.begin - window.end) // HOUR)
    return Period(end - hours * HOUR, end)


def answer(metric: Metric, options: Options, window: Period, found: Tally | None) -> Reading:
    """Return what a metric's events in a window come to; None: there are none."""
    facts: dict[str, Any] = {"from": clock.to_text(window.begin), "to": clock.to_text(window.end)}
    if found is None:
        if options.stat != "sum":
            return NoData("no events", facts)
        return Measured(0.0, metric.unit.name, 0, {"sum": 0, "events": 0}, facts)
    value = {"sum": found.sum, "average": found.sum / found.count, "min": found.min, "max": found.max}[options.stat]
    counts_of = {"sum": found.sum, "events": found.count}
    return Measured(value / metric.unit.kept, metric.unit.name, found.count, counts_of, facts)


def org_of(scope: str) -> str:
    """Return the organisation of a scope. Raises UsageError for what is no scope of a metric."""
    org = scope.removeprefix(_PREFIX)
    if org == scope or not org:
        raise UsageError(f"{scope!r} is no scope of a metric. Write org:ID.", code="scope_invalid")
    return org


def options_of(ask: Ask) -> Options:
    """Return the options of an ask. Raises UsageError for one that there isn't."""
    try:
        return Options.model_validate(dict(ask.options))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        known = ", ".join(Options.model_fields)
        what = f"Option {'.'.join(map(str, first['loc']))} of {ask.measure.name} can't be {first['input']!r}"
        text = f"{what}: {first['msg']}. Known are: {known}."
        raise UsageError(text, code="measure_option_invalid") from None
