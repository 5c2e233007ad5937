"""Registry of metrics: which are there, and what do they take from which events?

The only place that says a metric's name, type, unit, source and value. A new one is a line here, and a backfill.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from shared.errors import UsageError
from shared.suggestion import did_you_mean

Type = Literal["counter", "histogram"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as people read it; `kept` of the whole numbers that are stored make one."""

    name: str
    kept: int = 1

    @property
    def smallest(self) -> str:
        """The name of what is stored as whole numbers."""
        return self.name if self.kept == 1 else f"micro-{self.name}"


USD = Unit("USD", kept=1_000_000)
"""Kept as micro-USD: sums of whole numbers don't depend on their order."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of the events of the kind `source`.

    A counter counts events; a histogram sums their value named `value`. `types` and `reasons` are those of the events
    that it speaks of (none given: any; None: events without one). `own` ones are of the app's own events.
    """

    name: str
    type: Type
    unit: Unit
    source: str
    value: str | None = None
    types: tuple[str | None, ...] = ()
    reasons: tuple[str | None, ...] = ()
    own: bool = False

    def of(self, event: dict[str, Any]) -> int | None:
        """Return what it takes from an event (its document) of its source; None when the event doesn't speak of it."""
        if self.types and event.get("type") not in self.types:
            return None
        if self.reasons and event.get("reason") not in self.reasons:
            return None
        if self.value is None:
            return 1
        value = event.get("values", {}).get(self.value)
        return None if value is None else round(value)


_DOCUMENTS, _PAGES, _CALLS = Unit("documents"), Unit("pages"), Unit("calls")
_EXECUTIONS, _REVIEWS, _JOBS = Unit("executions"), Unit("reviews"), Unit("jobs")

METRICS: tuple[Metric, ...] = (
    Metric("documents_processed", "counter", _DOCUMENTS, "document", types=(None, "processed")),
    Metric("pages_processed", "histogram", _PAGES, "document", value="pages"),
    Metric("failed_pages", "histogram", _PAGES, "document", value="failed_pages"),
    Metric("llm_calls", "counter", _CALLS, "llm"),
    Metric("challenges", "counter", _CALLS, "llm", reasons=("challenge",)),
    Metric("summarization_calls", "counter", _CALLS, "llm", reasons=("summarize",)),
    Metric("llm_usage", "histogram", USD, "llm", value="cost_micro_usd"),
    Metric("deployed_api_requests", "counter", Unit("requests"), "execution", types=("api",)),
    Metric("etl_pipeline_executions", "counter", _EXECUTIONS, "execution", types=("etl",)),
    Metric("prompt_executions", "counter", _EXECUTIONS, "execution", types=("prompt",)),
    Metric("hitl_reviews", "counter", _REVIEWS, "hitl", types=("review",)),
    Metric("hitl_completions", "counter", _REVIEWS, "hitl", types=("completion",)),
    Metric("jobs_ended", "counter", _JOBS, "job", own=True),
    Metric("model_cost", "histogram", USD, "model", value="cost_micro_usd", own=True),
)
KINDS = tuple(sorted({metric.source for metric in METRICS if not metric.own}))
"""The kinds of event that others may tell of."""
SOURCES = frozenset(metric.source for metric in METRICS)
"""All kinds of event, the app's own included."""


def of_kind(kind: str) -> tuple[Metric, ...]:
    """Return the metrics that events of a kind feed."""
    return tuple(metric for metric in METRICS if metric.source == kind)


def named(name: str) -> Metric:
    """Return the metric called `name`. Raises UsageError that lists the known ones."""
    for metric in METRICS:
        if metric.name == name:
            return metric
    known = [metric.name for metric in METRICS]
    meant = did_you_mean(name, known)
    raise UsageError(f"There is no metric {name!r}.{meant} Known are: {', '.join(known)}.", code="metric_unknown")


def taken(event: dict[str, Any]) -> Iterator[tuple[Metric, int]]:
    """Yield each metric that an event (its document) speaks of, with what it takes from it."""
    for metric in of_kind(event["kind"]):
        value = metric.of(event)
        if value is not None:
            yield metric, value
