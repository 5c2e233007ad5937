"""Stored alert states: messages are sent once, whoever evaluates and whichever process dies.

One document per (client, rule, scope) in container alertStates, changed by compare-and-set. What is to be told is
written in the same change, in the document's `outbox`; then it becomes an event in alertEvents and a notification's
job, and leaves the outbox. What a crash left there is sent by whoever comes next: the next evaluation, or RescueJobs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from shared import clock, skew
from shared.alerts.machine import OVER, AlertPolicy, State, Transition, Verdict, begun_anew, silenced, step
from shared.documents.compare_and_set import change, create_new
from shared.documents.containers import ALERT_EVENTS, ALERT_STATES
from shared.documents.ids import Own, compound, own
from shared.documents.port import Body, Documents
from shared.documents.shapes import Shape, camel_case
from shared.errors import Conflict

SYSTEM = own("system")
"""The client of the app's own rules. No client can be called like it."""
EVENTS_KEPT = timedelta(days=400)
_INSTANTS = ("since", "fired_at", "quiet_until", "told_at", "told_fired_at", "silenced_until")
_MEMBERS = {field.name: camel_case(field.name) for field in fields(State)}
"""The stored member of each field of a State."""

Send = Callable[[Body], Awaitable[None]]
"""Takes an event's document and sees to its notification; may be called again for the same event."""


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """What a transition says: a title, its text, and the facts behind it (JSON), for machines."""

    title: str
    text: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One evaluation of a client's (rule, scope) at an instant: its verdict, why, and what to say of a transition."""

    client: str
    rule: str
    scope: str
    at: datetime
    verdict: Verdict
    reason: str
    policy: AlertPolicy
    message_of: Callable[[Transition], AlertMessage]
    occasion: Occasion | None = None
    """Which run of a rule it is of; None: its instant alone tells whether it is later than the last one."""
    channels: tuple[str, ...] = ()
    """The channels that it is told by; none: all that are set up."""


@dataclass(frozen=True, slots=True, order=True)
class Occasion:
    """A run of a rule: a rule that was deleted and created again is a later incarnation. `slot` is as stored."""

    incarnation: int
    slot: str


def jobs_of(client: str) -> Own:
    """Return the partition of the jobs that belong to a client's alerts. No user's jobs can be in it."""
    return client if isinstance(client, Own) else own("client", client)


async def apply(documents: Documents, evaluated: Evaluated, send: Send) -> State:
    """Bring an evaluation into the state, and send what is to be told. Doing it twice changes nothing.

    An evaluation that isn't later than the last one is left out: another evaluator was first. A last one that is still
    to come was a wrong clock's, and leaves nothing out. Of the runs of a rule the occasion decides which is later; with
    a new incarnation of its rule a state begins anew, and what was told of the earlier one is told to be over.
    """
    at, state = clock.to_text(evaluated.at), State()

    def made(standing: Body | None) -> Body | None:
        nonlocal state
        state = _believed(state_of(standing), evaluated.policy) if standing else State()
        if standing is not None and _is_late(evaluated, at, standing):
            return None
        if evaluated.occasion is not None and evaluated.occasion.incarnation > (standing or {}).get("incarnation", 0):
            state = begun_anew(state)
        state, transition = step(state, evaluated.verdict, evaluated.policy, evaluated.at)
        body = _body(evaluated.client, evaluated.rule, evaluated.scope, state, standing or {})
        told = [_event(evaluated, transition, body)] if transition is not None else []
        news: Body = {"evaluatedAt": at, "verdict": evaluated.verdict, "reason": evaluated.reason}
        if told:
            news["toldBy"] = told[0]["channels"]
        if evaluated.occasion is not None:
            news |= asdict(evaluated.occasion)
        return _with_outbox({**body, **news}, [*body["outbox"], *told])

    body = await change(documents, ALERT_STATES, evaluated.client, compound(evaluated.rule, evaluated.scope), made)
    assert body is not None  # `made` leaves only what is there as it is
    await send_outbox(documents, body, send)
    return state


async def send_outbox(documents: Documents, body: Body, send: Send) -> int:
    """Send what lies in a state's outbox, and take it out; return how many. Sending the same again is harmless."""
    for event in [{**event, "clientId": body["clientId"]} for event in body["outbox"]]:
        with suppress(Conflict):  # whoever was here before got so far
            await create_new(documents, ALERT_EVENTS, event)
        await send(event)
    sent = {event["id"] for event in body["outbox"]}
    if sent:
        await _change(documents, body, lambda now: _with_outbox(now, [e for e in now["outbox"] if e["id"] not in sent]))
    return len(sent)


async def send_all(documents: Documents, client: str | None, send: Send) -> int:
    """Send what the outboxes of a client's states (None: all clients') hold; return how many.

    Asks for those alone: it runs each minute.
    """
    query = documents.query(ALERT_STATES, partition=client, where=[("unsent", "=", True)])
    return sum([await send_outbox(documents, body, send) for body in [document.body async for document in query]])


async def of_client(documents: Documents, client: str) -> AsyncIterator[Body]:
    """Yield the documents of a client's states, in no order."""
    async for document in documents.query(ALERT_STATES, partition=client):
        yield document.body


async def of_rule(documents: Documents, client: str, rule: str) -> AsyncIterator[Body]:
    """Yield the documents of a client's states of one rule, in no order."""
    async for document in documents.query(ALERT_STATES, partition=client, where=[("rule", "=", rule)]):
        yield document.body


async def silence(
    documents: Documents, client: str, rule: str, scope: str, until: datetime | None, *, by: str, why: str
) -> State:
    """Let nothing be told of a client's (rule, scope) until an instant; None ends the silence."""
    news = {"silencedBy": by, "silencedWhy": why} if until else {}
    fresh = {**_body(client, rule, scope, State(), {}), "evaluatedAt": ""}

    def changed(now: Body) -> Body:
        kept = {name: value for name, value in now.items() if not name.startswith("silenced")}
        return {**_body(client, rule, scope, silenced(state_of(now), until), kept), **news}

    return state_of(await _change(documents, fresh, changed))


def state_of(body: Body) -> State:
    """Return the state that a document holds."""
    stored = SHAPE.present(body)["state"]
    values = {field: stored[member] for field, member in _MEMBERS.items() if member in stored}
    values |= {name: clock.parse(values[name]) for name in _INSTANTS if values.get(name) is not None}
    return State(**values)


def _in_camel_case(body: Body) -> Body:
    return {**body, "state": {_MEMBERS[field]: value for field, value in body["state"].items()}}


SHAPE = Shape("alert's state", 2, {1: _in_camel_case})


def _is_late(evaluated: Evaluated, at: str, standing: Body) -> bool:
    """Tell whether what stands is of a later evaluation, or of the same one."""
    if evaluated.occasion is None:
        return skew.believed(standing["evaluatedAt"]) >= at
    return Occasion(standing.get("incarnation", 0), skew.believed(standing.get("slot", ""))) >= evaluated.occasion


def _believed(state: State, policy: AlertPolicy) -> State:
    """Return a state whose instants can be: those that a wrong clock wrote count as now. A silence is a person's."""
    now = clock.now()
    seen = {name: getattr(state, name) for name in ("since", "fired_at", "told_at", "told_fired_at")}
    found: dict[str, Any] = {name: now for name, at in seen.items() if at is not None and skew.is_ahead(at, now)}
    if state.quiet_until is not None and skew.is_ahead(state.quiet_until, now + policy.quiet):
        found["quiet_until"] = now + policy.quiet
    return replace(state, **found)


def _with_outbox(body: Body, outbox: list[Body]) -> Body:
    return {**body, "outbox": outbox, "unsent": bool(outbox)}


def _body(client: str, rule: str, scope: str, state: State, over: Body) -> Body:
    stored = {field: getattr(state, field) for field in _MEMBERS}
    stored |= {name: clock.to_text(stored[name]) for name in _INSTANTS if stored[name] is not None}
    return {
        "outbox": [],
        **over,
        "id": compound(rule, scope),
        "clientId": client,
        "rule": rule,
        "scope": scope,
        "status": state.name,
        "state": {_MEMBERS[field]: value for field, value in stored.items() if value is not None},
        "schemaVersion": SHAPE.version,
    }


def _channels(evaluated: Evaluated, transition: Transition, standing: Body) -> list[str]:
    """Return the channels that tell a transition (none: all that are set up): what is over, whoever told of it, too."""
    told_by: list[str] | None = standing.get("toldBy")
    mine = list(evaluated.channels)
    if transition.kind not in OVER or told_by is None:
        return mine
    if evaluated.verdict == "unwatched":
        return told_by
    return [*told_by, *(one for one in mine if one not in told_by)] if told_by and mine else []


def _event(evaluated: Evaluated, transition: Transition, standing: Body) -> Body:
    message = evaluated.message_of(transition)
    at = clock.to_text(transition.at)
    return {
        "id": compound(evaluated.rule, evaluated.scope, str(transition.number)),
        "clientId": evaluated.client,
        "rule": evaluated.rule,
        "scope": evaluated.scope,
        "kind": transition.kind,
        "number": transition.number,
        "at": at,
        "group": f"{evaluated.rule}:{transition.kind}:{at[:16]}",
        "title": message.title,
        "text": message.text,
        "facts": dict(message.facts),
        "channels": _channels(evaluated, transition, standing),
        "sent": {},
        "schemaVersion": 1,
        "ttl": int(EVENTS_KEPT.total_seconds()),
    }


async def _change(documents: Documents, fresh: Body, make: Callable[[Body], Body]) -> Body:
    changed = await change(documents, ALERT_STATES, fresh["clientId"], fresh["id"], lambda body: make(body or fresh))
    assert changed is not None  # `make` always makes one
    return changed
