"""Backtests on the command line: how are numbers and ranges of them given, and how is what was found shown?"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output
from cli.times import length
from shared.errors import UsageError

if TYPE_CHECKING:
    from operations import backtest
    from shared.alerts.replay import Replayed

From = Annotated[str, typer.Option("--from", metavar="TIME", help="Such as 60d or 2026-11-01T00:00:00Z.")]
To = Annotated[str, typer.Option("--to", metavar="TIME", help="Likewise. Default: now.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another number, such as threshold=35. Can be repeated."),
]
Sweep = Annotated[
    str | None,
    typer.Option("--sweep", metavar="NAME=A..B[:STEP]", help="Try each value, such as threshold=20..60 or 0..1:0.05."),
]

_SWEEP = re.compile(r"\s*([^=\s]+)\s*=\s*([^:]+?)\s*\.\.\s*([^:]+?)\s*(?::\s*(.+?)\s*)?")
_WIDTH, _MOST_SHOWN, _BAR = 80, 30, 24
_SHORT, _SHORTEST = timedelta(days=7), timedelta(days=1)
"""What a month would have is a guess from less than the first, and isn't told from less than the second."""


def changes(given: Sequence[str] | None, *, as_text: bool = False) -> dict[str, Any]:
    """Return what NAME=VALUE say: values as JSON where they are that, unless all are texts. Raises UsageError."""
    found: dict[str, Any] = {}
    for text in given or ():
        name, is_one, value = text.partition("=")
        if not is_one or not name.strip():
            raise UsageError(f"{text!r} isn't NAME=VALUE, such as threshold=45.")
        found[name.strip()] = value.strip() if as_text else _json_or_text(value.strip())
    return found


def swept(text: str) -> backtest.Sweep:
    """Return the values that NAME=A..B[:STEP] names. Raises UsageError."""
    from operations import backtest

    found = _SWEEP.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        name, begin, end, step = found.groups()
        return backtest.sweep_of(name, float(begin), float(end), None if step is None else float(step))
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is no range of numbers. Write threshold=20..60 or threshold=20..60:5.") from None


def show(found: backtest.Backtest, *, as_json: bool) -> None:
    """Print a backtest: what it came to, its chart, and its alerts."""
    from operations import backtest

    if as_json:
        output.print_json(backtest.as_json(found))
        return
    its, episodes = found.found, found.found.episodes
    output.show(f"{found.subject.name}: {found.subject.watched}{_compares(found)}")
    output.show(
        f"{output.counted(len(found.evaluations), 'evaluation')}, {_day(found.judged_from)} to {_day(its.end)} UTC"
    )
    if episodes:
        longest = f"; the longest {length(max(its.lengths))}" if len(episodes) > 1 else ""
        output.show(
            f"It would have fired {_times(its.alarms)}{_a_month(its, ' ({} a month)')}, for {length(its.firing)} "
            f"({its.share:.1%} of the time){longest}."
        )
    else:
        output.show("It would not have fired.")
    output.show("", *_chart(found), "")
    if episodes:
        shown = output.table("fired", "over", "for", right=("for",))
        for one, its_length in list(zip(episodes, its.lengths, strict=True))[-_MOST_SHOWN:]:
            over = _day(one.over_at) if one.over_at else "not over"
            shown.add_row(_day(one.fired_at), over, length(its_length))
        output.show(shown)
    if len(episodes) > _MOST_SHOWN:
        output.note(f"The last {_MOST_SHOWN} of {len(episodes)} alerts are shown; --json has all.")
    _note(found)


def show_sweep(found: backtest.Swept, *, as_json: bool) -> None:
    """Print what each value of a sweep comes to."""
    from operations import backtest

    if as_json:
        output.print_json(backtest.swept_as_json(found))
        return
    (_, first), *_ = found.tried
    output.show(f"{found.subject.name}: {found.subject.watched}, by {found.member}")
    output.show(f"{_day(first.judged_from)} to {_day(first.end)} UTC", "")
    most = max(one.found.alarms_a_month for _, one in found.tried)
    numbers = (found.member, "alarms", "a month", "days firing", "of the time")
    shown = output.table(*numbers, "", right=numbers)
    for value, one in found.tried:
        its = one.found
        bar = "█" * round(_BAR * its.alarms_a_month / most) if most else ""
        days = its.firing / timedelta(days=1)
        told_days = f"{days:.{1 if days >= 1 else 2}f}"
        shown.add_row(f"{value:g}", str(its.alarms), _a_month(its, "{}"), told_days, f"{its.share:.1%}", bar)
    output.show(shown)
    _note(max((one for _, one in found.tried), key=lambda one: (one.unknown, one.found.alarms)))


def _chart(found: backtest.Backtest) -> list[str]:
    from cli.alert_chart import Charted, drawn

    its = found.found
    firing = [(one.fired_at, one.over_at or its.end) for one in its.episodes]
    values = [(one.at, one.value) for one in found.evaluations if one.at >= its.begin]
    width = min(output.width(), _WIDTH)
    return drawn(Charted(its.begin, its.end, values, firing, found.subject.threshold), width)


def _compares(found: backtest.Backtest) -> str:
    subject = found.subject
    if subject.threshold is None:
        return ", no data"
    operator = subject.numbers.get("operator", "<")
    change = "change " if subject.numbers.get("type") == "change_percent" else ""
    return f", {change}{operator} {subject.threshold:g} {subject.unit}".rstrip()


def _note(found: backtest.Backtest) -> None:
    if found.unknown:
        count = output.counted(found.unknown, "evaluation")
        output.note(f"Judged from {_day(found.judged_from)} on; {count} before can't be: {found.why_unknown}.")
    if found.data_from is not None and found.data_from > found.evaluations[0].at:
        output.note(f"There is no data before {_day(found.data_from)}.")
    span = found.found.end - found.found.begin
    if found.found.alarms and span < _SHORT:
        output.note(f"That is {length(span)}: it says little of a month.")
    if found.lacking_since is not None:
        output.note(
            f"Calls that came in from {_day(found.lacking_since)} on may be missing: they aren't rolled up yet."
        )


def _a_month(its: Replayed, text: str) -> str:
    return text.format(f"{its.alarms_a_month:.1f}") if its.end - its.begin >= _SHORTEST else ""


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _day(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _json_or_text(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
