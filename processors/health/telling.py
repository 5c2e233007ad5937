"""Telling: how do findings become alerts, and how are they told to be over?

Each scope of rule `job-health` is one state of the alerts' state machine. A look writes only states of what it found
wrong and of what was told before: a look that finds all well writes none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from processors.health.check import GUIDE, Check, State
from shared.alerts.machine import AlertPolicy, Transition, Verdict
from shared.alerts.states import SYSTEM, AlertMessage, Evaluated, Send, apply, of_rule, state_of
from shared.documents.port import Documents
from shared.errors import NightshiftError
from shared.lengths import length

RULE = "job-health"
POLICY = AlertPolicy(window=timedelta(minutes=5), remind_every=timedelta(hours=24))

_VERDICTS: dict[State, Verdict] = {"ok": "clear", "finding": "breach", "unknown": "no_data"}
_TITLES = {
    "firing": "Job health, {severity}: {topic} ({scope})",
    "reminder": "Job health, still {severity}: {topic} ({scope}, reminder {reminder})",
    "resolved": "Resolved: job health: {topic} ({scope})",
}

Surroundings = Callable[[str], list[str]]
"""Returns the lines to be told beside a finding of a scope."""


async def tell(
    documents: Documents, checks: Iterable[Check], at: datetime, surroundings: Surroundings, send: Send
) -> dict[str, Verdict]:
    """Bring checks into their states; return the verdicts that were. `checks` are all: what isn't among them is gone.

    What was told of what is gone is told to be over. A state that can't be written, or a message that can't be sent
    now, stops none of the others; the first such error is raised in the end.
    """
    found = {check.scope: check for check in checks}
    told = await _unsettled(documents)
    evaluations = [
        _evaluated(check, at, surroundings(scope))
        for scope, check in found.items()
        if check.state == "finding" or scope in told
    ]
    evaluations += [
        Evaluated(SYSTEM, RULE, scope, at, "unwatched", "it is gone", POLICY, partial(_gone, scope))
        for scope in sorted(told - found.keys())
    ]
    errors: list[NightshiftError] = []
    for evaluated in evaluations:
        try:
            await apply(documents, evaluated, send)
        except NightshiftError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return {evaluated.scope: evaluated.verdict for evaluated in evaluations}


async def tell_one(documents: Documents, check: Check, at: datetime, surroundings: list[str], send: Send) -> None:
    """Bring one check into its state, if something is wrong or was told of it; leave the others."""
    if check.state == "finding" or check.scope in await _unsettled(documents):
        await apply(documents, _evaluated(check, at, surroundings), send)


async def _unsettled(documents: Documents) -> set[str]:
    return {body["scope"] async for body in of_rule(documents, SYSTEM, RULE) if not state_of(body).is_settled}


def _evaluated(check: Check, at: datetime, surroundings: list[str]) -> Evaluated:
    verdict, message_of = _VERDICTS[check.state], partial(message, check, surroundings)
    return Evaluated(SYSTEM, RULE, check.scope, at, verdict, check.text, POLICY, message_of)


def message(check: Check, surroundings: list[str], transition: Transition) -> AlertMessage:
    """Return what a transition of a check's scope says."""
    title = _TITLES[transition.kind].format(
        severity=check.severity,
        topic=check.topic.name.replace("_", " "),
        scope=check.scope,
        reminder=transition.reminder,
    )
    found = f"{check.text[0].upper()}{check.text[1:].rstrip('.')}."
    lines = [title, found, *_lasted(transition), *surroundings]
    if transition.kind != "resolved":
        lines.append(f"What to do: {check.guide}")
    facts = {
        "scope": check.scope,
        "check": check.topic.name,
        "severity": check.severity,
        "found": check.text,
        "surroundings": surroundings,
        "guide": check.guide,
    }
    return AlertMessage(title, "\n".join(lines), facts)


def _gone(scope: str, transition: Transition) -> AlertMessage:
    title = f"Resolved: job health: {scope} is gone"
    text = "\n".join([title, *_lasted(transition)])
    return AlertMessage(title, text, {"scope": scope, "severity": "info", "guide": GUIDE})


def _lasted(transition: Transition) -> list[str]:
    if transition.kind != "resolved" or transition.fired_at is None:
        return []
    return [f"It lasted {length(transition.at - transition.fired_at)}."]
