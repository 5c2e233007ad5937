"""Alert rules that are explained: when does one run next, what keeps it, and how far is its alert? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.explain.answer import Answer
from operations.explain.timer_trouble import Beat, trouble
from operations.explanations import Surroundings, explained, no_host
from processors.alerts.rule import Rule
from processors.alerts.scheduler import Scheduler
from shared import clock, instants
from shared.alerts import states
from shared.alerts.machine import AlertPolicy, State
from shared.documents.ids import Own
from shared.jobs.record import Record


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What was read of a rule: the job of its last slot, the predecessor that this one waits for, the scheduler and
    DispatchAlerts, and the document of its alert's state. None: there is none.
    """

    rule: Rule
    around: Surroundings
    scheduler: Scheduler
    dispatcher: Beat
    last: Record | None = None
    waits_for: str | None = None
    state: Mapping[str, Any] | None = None

    @property
    def now(self) -> datetime:
        """When it was read."""
        return self.around.now

    def at(self, instant: datetime | str) -> str:
        """Return an instant as people read it."""
        return instants.short(clock.parse(instant) if isinstance(instant, str) else instant, self.now)


@dataclass(frozen=True, slots=True)
class _Told:
    code: str
    sentences: tuple[str, ...]
    next_at: datetime | None = None


def answer_of(facts: RuleFacts) -> Answer:
    """Return when a rule runs next, what keeps it, and how far its alert is."""
    rule, told = facts.rule, _run(facts)
    client = None if isinstance(rule.client, Own) else str(rule.client)
    status = str(facts.state["status"]) if facts.state else None
    return Answer(
        "rule", rule.id, client, status or ("never run" if rule.definition.active else "inactive"), told.code,
        (*told.sentences, *_alert(facts)), told.next_at,
        fields={
            "id": rule.id,
            "client": client or "",
            "before": facts.waits_for or "",
            "scope": rule.definition.condition.scope,
        },
    )  # fmt: skip


def _run(facts: RuleFacts) -> _Told:
    """Return when it runs, or what keeps it from that."""
    rule, due = facts.rule, facts.rule.timing.next_due
    if not rule.definition.active:
        return _Told("rule_inactive", ("is inactive: it doesn't run until it is made active",))
    is_running = facts.last is not None and not facts.last.ended
    if due is None:
        return _Told("rule_over", ("has no slot any more: its frequency has come to its end",))
    if facts.scheduler.stopped:
        return _Told("scheduler_stopped", (_due(facts, due), _stopped(facts)))
    if due > facts.now:
        sentences = (*_last(facts), _due(facts, due))
        if (keeps := _keeps(facts)) is not None and not is_running:
            return _Told(keeps.code, (*sentences, *keeps.sentences), due)
        return _Told("rule_runs" if is_running else "rule_waits", sentences, due)
    if is_running:
        return _Told("rule_behind", (_due(facts, due), *_last(facts), "it goes on when that has ended"))
    if (keeps := _keeps(facts)) is not None:
        return _Told(keeps.code, (_due(facts, due), *keeps.sentences))
    late = facts.now - due
    if late > rule.definition.grace:
        why = f"that is more than {rule.definition.grace_seconds} s late, so it is recorded as missed"
        return _Told("rule_late", (_due(facts, due), why))
    return _Told("rule_due", (_due(facts, due), "DispatchAlerts sees to it within the minute"), facts.now)


def _due(facts: RuleFacts, due: datetime) -> str:
    verb = "runs next at" if due > facts.now else "is due since"
    return f"{verb} {facts.at(due)}"


def _stopped(facts: RuleFacts) -> str:
    held = facts.scheduler
    since = f" since {facts.at(held.since)}" if held.since else ""
    why = f": {held.why}" if held.why else ""
    return f"the scheduler of alert rules is stopped{since} by {held.by}{why}"


def _keeps(facts: RuleFacts) -> _Told | None:
    """Return what keeps DispatchAlerts from any rule."""
    if not facts.around.host.is_there(facts.now):
        return _Told("no_host", (f"nobody would run it: {no_host(facts.around.host, facts.now)}",))
    if (wrong := trouble(facts.dispatcher, facts.now)) is not None:
        return _Told("dispatcher_silent", (f"nobody dispatches rules: {wrong}",))
    return None


def _last(facts: RuleFacts) -> tuple[str, ...]:
    """Return what is with the job of the last slot: only if it runs still, or was left out."""
    slot, last = facts.rule.timing.last_slot, facts.last
    if slot is None or last is None:
        return ()
    if last.ended:
        if last.status == "cancelled" and last.reason is not None:
            return (f"its last slot, of {facts.at(slot)}, didn't run: {last.reason.message}",)
        if last.status == "dead" and last.reason is not None:
            return (f"the job of its last slot, of {facts.at(slot)}, died of {last.reason.code}",)
        return ()
    if facts.waits_for is not None:
        return (f"its slot of {facts.at(slot)} waits for rule {facts.waits_for}, which has yet to run",)
    found = explained(last, facts.around)
    until = f", until {facts.at(found.until)}" if found.until else ""
    return (f"its slot of {facts.at(slot)} hasn't ended: {found.why}{until}",)


def _alert(facts: RuleFacts) -> list[str]:
    """Return how far the alert is, what its last verdict was, and until when nothing is told."""
    body, policy = facts.state, facts.rule.definition.condition.policy
    if body is None:
        return ["it has never been evaluated"]
    state = states.state_of(dict(body))
    found = [_state(facts, state, policy)]
    if body.get("evaluatedAt"):
        found.append(f"its last verdict, at {facts.at(body['evaluatedAt'])}: {body['verdict']} ({body['reason']})")
    if state.quiet_until is not None and state.quiet_until > facts.now and not state.is_open:
        found.append(f"nothing fires anew before {facts.at(state.quiet_until)}: its window would tell the same again")
    if state.silenced_until is not None and state.silenced_until > facts.now:
        by, why = body.get("silencedBy"), body.get("silencedWhy")
        said = f" by {by}{f': {why}' if why else ''}" if by else ""
        found.append(f"it is silenced until {facts.at(state.silenced_until)}{said}")
    return found


def _state(facts: RuleFacts, state: State, policy: AlertPolicy) -> str:
    since = f" since {facts.at(state.since)}" if state.since else ""
    if state.name == "PENDING":
        is_quiet = state.breaches >= policy.breaches_to_fire
        rest = "and it is quiet still" if is_quiet else f"{policy.breaches_to_fire} in a row fire"
        return f"its alert is PENDING{since}: {state.breaches} of {policy.breaches_to_fire} breaches, {rest}"
    if state.name == "RECOVERING":
        need = policy.passes_to_clear
        return f"its alert is RECOVERING{since}: {state.clears} of {need} passes that end it"
    if state.name == "ERROR":
        return f"its alert is ERROR{since}: {state.failures} evaluations in a row failed"
    if state.failures:
        need = policy.failures_to_error
        return f"its alert is {state.name}{since}, and {state.failures} of {need} evaluations that make an error failed"
    fired = ""
    if state.is_open and state.fired_at is not None and state.fired_at != state.since:
        fired = f", and fires since {facts.at(state.fired_at)}"
    return f"its alert is {state.name}{since}{fired}"
