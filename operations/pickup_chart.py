"""Chart of pickup rates: a scope's rate over time with its interval, and what other thresholds would have told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from operations import backtest, pickup_backtest
from operations.actor import Actor
from operations.backtest import Backtest, Range
from processors.pickup_rate.evaluation import Counts, lowest
from processors.pickup_rate.freshness import lacking_since
from processors.pickup_rate.rules import Rule
from shared.config import Settings
from shared.documents.port import Documents

_STEPS = (-20, -15, -10, -5, 0, 5, 10, 15, 20)
"""Thresholds that are tried beside the one that is asked for, in percent more or less."""


@dataclass(frozen=True, slots=True)
class RateAt:
    """The rate that decided at an instant, and the ends of its 95 % interval, in percent; None: too few calls."""

    at: datetime
    percent: float | None
    lower: float | None
    upper: float | None
    total: int


@dataclass(frozen=True, slots=True)
class Charted:
    """A scope's rates in a range: `threshold` is the scope's own; what it, and others, would have told."""

    scope: str
    threshold: float
    rates: tuple[RateAt, ...]
    chosen: Backtest
    tried: tuple[tuple[float, Backtest], ...]

    @property
    def chosen_threshold(self) -> float:
        """The threshold that `chosen` is of."""
        return self.chosen.subject.threshold or 0.0


async def read(
    documents: Documents, settings: Settings, by: Actor, scope: str, over: Range, *, threshold: float | None = None
) -> Charted:
    """Return a scope's rates in a range, and what a threshold (None: its own) would have told; from one reading.

    Raises UsageError for what is no scope or threshold, NotFound when there is nothing in the range.
    """
    own = await pickup_backtest.rule_of(documents, settings, by, scope)
    rule = pickup_backtest.changed(scope, own, {"threshold": threshold} if threshold is not None else {})
    ticks, counts = await pickup_backtest.counted(documents, scope, rule, over)
    lacking = await lacking_since(documents)

    def tested(threshold: float) -> Backtest:
        variant = rule.model_copy(update={"threshold": threshold})
        return replace(pickup_backtest.tested(scope, variant, over, ticks, counts), lacking_since=lacking)

    chosen = tested(rule.threshold)
    tried = tuple((value, tested(value)) for value in _beside(rule.threshold))
    return Charted(scope, own.threshold, tuple(_rates(rule, ticks, counts)), chosen, tried)


def range_of(begin: datetime, end: datetime) -> Range:
    """Return a range, as backtests take it. Raises UsageError for one that can't be."""
    return backtest.range_of(begin, end)


def _beside(threshold: float) -> list[float]:
    return sorted({min(100.0, max(0.0, threshold + step)) for step in _STEPS})


def _rates(rule: Rule, ticks: Iterable[datetime], counts: Iterable[Counts | None]) -> Iterable[RateAt]:
    for tick, its in zip(ticks, counts, strict=True):
        rate = lowest(its, rule) if its is not None else None
        if rate is None:
            yield RateAt(tick, None, None, None, 0)
        else:
            yield RateAt(tick, rate.percent, rate.lower, rate.upper, rate.total)
