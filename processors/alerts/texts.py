"""Texts of rules' alerts. Numbers are rounded only here."""

from __future__ import annotations

from processors.alerts.judging import Judged
from processors.alerts.rule import Rule
from shared.alerts.machine import Transition
from shared.alerts.states import AlertMessage
from shared.lengths import length

_TITLES = {
    "firing": "{name}: {subject} of {scope}",
    "reminder": "Still firing: {name}: {subject} of {scope} (reminder {reminder})",
    "resolved": "Resolved: {name}: {subject} of {scope}",
    "error": "{name} can't be evaluated",
    "error_over": "{name} is evaluated again",
}


def message_of(rule: Rule, found: Judged, transition: Transition) -> AlertMessage:
    """Return what a transition of a rule says."""
    condition = rule.definition.condition
    title = _TITLES[transition.kind].format(
        name=rule.definition.name, subject=condition.subject, scope=condition.scope, reminder=transition.reminder
    )
    lines = [title, f"{found.reason[:1].upper()}{found.reason[1:]}."]
    if transition.kind == "resolved" and transition.fired_at is not None:
        lines.append(f"It fired for {length(transition.at - transition.fired_at)}.")
    window = found.facts.get("window")
    if window is not None:
        lines.append(f"Window: {window['from']} to {window['to']}")
    facts = {
        **found.facts,
        "rule": {"id": rule.id, "name": rule.definition.name, "version": rule.version},
        "severity": rule.definition.severity,
        "scope": condition.scope,
        **({"owner": rule.definition.owner} if rule.definition.owner else {}),
    }
    return AlertMessage(title, "\n".join(lines), facts)
