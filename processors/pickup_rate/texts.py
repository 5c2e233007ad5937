"""Texts of alerts on pickup rates. Numbers are rounded only here."""

from __future__ import annotations

from datetime import timedelta

from processors.pickup_rate.evaluation import Judged, Window, facts_of, rates_of
from processors.pickup_rate.rates import Rate
from processors.pickup_rate.rules import Rule
from shared import clock
from shared.alerts.machine import Transition
from shared.alerts.states import AlertMessage

_TITLES = {
    "firing": "Pickup rate below {threshold:g} %: {scope}",
    "reminder": "Still below {threshold:g} %: {scope} (reminder {reminder})",
    "resolved": "Resolved: pickup rate of {scope}",
    "error": "Pickup rate of {scope} can't be evaluated",
    "error_over": "Pickup rate of {scope} is evaluated again",
}


def message_of(window: Window, rule: Rule, found: Judged, transition: Transition) -> AlertMessage:
    """Return what a transition of a scope says."""
    title = _TITLES[transition.kind].format(threshold=rule.threshold, scope=window.scope, reminder=transition.reminder)
    lines = [title]
    if transition.kind == "resolved" and transition.fired_at is not None:
        lines.append(f"It was below for {length(transition.at - transition.fired_at)}.")
    lines += table(window, rule, found)
    return AlertMessage(title, "\n".join(lines), facts_of(window, rule, found))


def failed_message(scope: str, reason: str, transition: Transition) -> AlertMessage:
    """Return what is said when an evaluation failed."""
    title = _TITLES[transition.kind].format(threshold=0.0, scope=scope, reminder=0)
    return AlertMessage(title, f"{title}\n{reason}", {"scope": scope, "verdict": "error", "reason": reason})


def unwatched_message(scope: str, transition: Transition) -> AlertMessage:
    """Return what is said of a scope that is watched no more: what was told of it is over."""
    title = f"Resolved: pickup rate of {scope} is no longer watched"
    lines = [title]
    if transition.kind == "resolved" and transition.fired_at is not None:
        lines.append(f"It had been below its threshold for {length(transition.at - transition.fired_at)}.")
    return AlertMessage(title, "\n".join(lines), {"scope": scope, "verdict": "unwatched"})


def table(window: Window, rule: Rule, found: Judged) -> list[str]:
    """Return the lines of an evaluation."""
    lines = [f"Window: {clock.to_text(window.begin)} to {clock.to_text(window.end)}"]
    judged, before = rates_of(window.tally, rule), rates_of(window.before, rule)
    human = {"human pickup rate": window.tally.human} if rule.definition == "connection" else {}
    shown = {"call rate": window.tally.calls, "lead rate": window.tally.leads_rate, **judged, **human}
    for name, rate in shown.items():
        is_judged = name in judged and rate.percent is not None
        state = f": {'BELOW' if name in found.breached else 'OK'} ({rule.threshold:g} %)" if is_judged else ""
        lines.append(f"{name.capitalize()}: {told(rate)}{state}")
    for name, rate in before.items():
        lines.append(f"{name.capitalize()} of the window before: {told(rate)}{trend(rate, judged[name])}")
    if window.tally.unfinished_leads:
        lines.append(f"Unfinished leads: {window.tally.unfinished_leads}")
    worst = [f"{merchant} {told(rate)}" for merchant, rate in window.tally.worst()]
    if worst and not window.scope.startswith("merchant:"):
        lines.append(f"Worst merchants: {'; '.join(worst)}")
    lines.append(f"Evaluated every {length(timedelta(seconds=rule.interval_seconds))}. {found.reason.capitalize()}.")
    return lines


def told(rate: Rate) -> str:
    """Return a rate with its counts, rounded to a tenth, but never up to where it isn't: 39.96 is 39.9."""
    if rate.percent is None:
        return "no data"
    return f"{int(rate.percent * 10) / 10:.1f} % ({rate.picked} of {rate.total})"


def trend(before: Rate, now: Rate) -> str:
    """Return how a rate has moved, in points."""
    if before.percent is None or now.percent is None:
        return ""
    return f" ({now.percent - before.percent:+.1f} points)"


def length(of: timedelta) -> str:
    """Return a length of time in its two largest units."""
    seconds, parts = max(0, round(of.total_seconds())), list[str]()
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
