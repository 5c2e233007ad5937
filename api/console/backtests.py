"""Backtests: what a page draws and says of one: when an alert would have fired, how often, and for how long."""

from __future__ import annotations

from datetime import timedelta

from api.console.chart import Chart, Point
from operations.backtest import Backtest
from shared.lengths import length

_MONTH_FROM = timedelta(days=1)
"""What a month would have isn't told from less."""


def drawing(of: Backtest, *, points: tuple[Point, ...] | None = None) -> Chart:
    """Return the chart of a backtest; `points` are drawn instead of what was compared."""
    its = of.found
    shown = points if points is not None else tuple(Point(one.at, one.value) for one in of.evaluations)
    unit = of.subject.unit if of.subject.unit == "%" else ""
    return Chart(
        f"{of.subject.watched}: {sentence(of)}", of.begin, of.end, shown, unit, of.subject.threshold,
        tuple((one.fired_at, one.over_at or its.end) for one in its.episodes),
        lowest=0.0 if unit else None, highest=100.0 if unit and _is_share(of) else None,
    )  # fmt: skip


def sentence(of: Backtest) -> str:
    """Return in words how often an alert would have fired."""
    its = of.found
    if not its.alarms:
        return "It would not have fired."
    times = {1: "once", 2: "twice"}.get(its.alarms, f"{its.alarms} times")
    month = f" ({its.alarms_a_month:.1f} a month)" if its.end - its.begin >= _MONTH_FROM else ""
    return f"It would have fired {times}{month}, for {length(its.firing)} ({its.share:.1%} of the time)."


def remarks(of: Backtest) -> list[str]:
    """Return what one has to know of a backtest before one trusts it."""
    found = []
    if of.unknown:
        found.append(f"{of.unknown} evaluations before {_day(of.judged_from)} can't be judged: {of.why_unknown}.")
    if of.data_from is not None and of.data_from > of.evaluations[0].at:
        found.append(f"There is no data before {_day(of.data_from)}.")
    if of.lacking_since is not None:
        found.append(f"Calls that came in from {_day(of.lacking_since)} on may be missing: they aren't rolled up yet.")
    return found


def _is_share(of: Backtest) -> bool:
    return all(one.value is None or 0 <= one.value <= 100 for one in of.evaluations)


def _day(at: object) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
