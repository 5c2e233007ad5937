"""Alerts: what fires, silencing it, what was told, and whether a channel reaches anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations import paging, rule_names
from operations.actor import Actor, client_name, client_scope
from operations.answers import Page, page, read
from processors.alerts import store
from processors.health.telling import RULE as JOB_HEALTH
from processors.pickup_rate.rules import RULE as PICKUP_RATE
from shared import audit, clock
from shared.alerts import states as alert_states
from shared.alerts.channels.port import Notice
from shared.alerts.channels.registry import open_channel
from shared.alerts.states import SYSTEM as SYSTEM
from shared.documents.containers import ALERT_EVENTS, ALERT_RULES, ALERT_STATES
from shared.documents.ids import Own
from shared.documents.port import Body, Condition, Documents
from shared.errors import NotFound, UsageError
from shared.services import Services

_FIRES: list[Condition] = [("state.firedAt", "exists", True)]


@dataclass(frozen=True, slots=True)
class AlertState:
    """The state of one (rule, scope), and how many messages of it are still to be sent.

    `name` is that of a rule that users defined; None when there is none (any more).
    """

    rule: str
    name: str | None
    scope: str
    state: str
    since: str | None
    firing_since: str | None
    evaluated_at: str | None
    verdict: str | None
    reason: str
    silenced_until: str | None
    unsent: int


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """What was told, and through which channels it went."""

    id: str
    rule: str
    scope: str
    kind: str
    at: str
    title: str
    text: str
    facts: dict[str, Any]
    sent: dict[str, str]


async def states(documents: Documents, by: Actor, *, client: str = SYSTEM) -> Page[AlertState]:
    """Return the state of each (rule, scope) of a client, those that fire first. The app's own rules are SYSTEM's."""
    by.require("reader", client_scope(client))
    names = await store.names(documents, client)
    found = [_view(body, names) async for body in alert_states.of_client(documents, client)]
    return page(sorted(found, key=lambda one: (not one.firing_since, one.rule, one.scope)))


async def firing(documents: Documents, by: Actor, *, limit: int = 50, client: str = SYSTEM) -> Page[AlertState]:
    """Return a client's states that fire, at most `limit`: however many rules there are, no others are read."""
    by.require("reader", client_scope(client))
    query = documents.query(ALERT_STATES, partition=client, where=_FIRES, order_by="rule", limit=limit)
    return page(await _named(documents, client, [document.body async for document in query]))


async def firing_count(documents: Documents, by: Actor, *, client: str = SYSTEM) -> int:
    """Return how many states of a client fire."""
    by.require("reader", client_scope(client))
    return await documents.count(ALERT_STATES, partition=client, where=_FIRES)


async def states_of(
    documents: Documents, by: Actor, rules: Mapping[str, str], *, limit: int = 200, client: str = SYSTEM
) -> Page[AlertState]:
    """Return the states of some of a client's rules, which are given by their ids with their names."""
    by.require("reader", client_scope(client))
    if not rules:
        return Page(())
    where: list[Condition] = [("rule", "in", list(rules))]
    query = documents.query(ALERT_STATES, partition=client, where=where, limit=limit)
    return page([_view(document.body, rules) async for document in query])


async def _named(documents: Documents, client: str, bodies: list[Body]) -> list[AlertState]:
    ids = sorted({body["rule"] for body in bodies})
    if not ids:
        return []
    query = documents.query(ALERT_RULES, partition=client, where=[("id", "in", ids)], select=["id", "name"])
    names = {one.body["id"]: str(one.body.get("name")) async for one in query}
    return [_view(body, names) for body in bodies]


async def silence(
    documents: Documents,
    by: Actor,
    rule: str,
    scope: str,
    until: datetime | None,
    *,
    reason: str = "",
    client: str = SYSTEM,
) -> str:
    """Tell nobody of a (rule, scope) until an instant (None ends the silence). What still fires is told after it.

    A rule that users defined is named by its id, the beginning of it, or its name. Returns its id. Raises UsageError
    for a rule that there isn't.
    """
    by.require("operator", client_scope(client))
    rule = await _meant(documents, client, rule)
    await alert_states.silence(documents, client, rule, scope, until, by=by.name, why=reason)
    told = clock.to_text(until) if until else None
    about = {"client": client_name(client), "rule": rule, "of": scope, "why": reason or None, "until": told}
    await audit.write(documents, "silence alert", by=by.name, **about)
    return rule


async def history(
    documents: Documents,
    by: Actor,
    since: datetime,
    *,
    scope: str | None = None,
    rule: str | None = None,
    limit: int = 50,
    client: str = SYSTEM,
    after: str | None = None,
) -> Page[AlertEvent]:
    """Return what was told since an instant (of a scope, of the rule of an id), the latest first, behind `after`.

    Raises UsageError when that names no page.
    """
    by.require("reader", client_scope(client))
    where: list[Condition] = [("at", ">=", clock.to_text(since))]
    if scope is not None:
        where.append(("scope", "=", scope))
    if rule is not None:
        where.append(("rule", "=", rule))
    found, behind = await paging.read(
        documents, ALERT_EVENTS, newest_by="at", partition=client, where=where, limit=limit, after=after
    )
    return Page(tuple(read(AlertEvent, document.body) for document in found), behind)


async def test_channel(services: Services, by: Actor, channel: str) -> str:
    """Send a test message to a channel, now and without a queue; return the message's id."""
    by.require("operator")
    at = clock.text_now()
    notice = Notice(f"test|{at}", "test", at, "A test of nightshift", "Alerts reach this channel.", {}, severity="info")
    to = open_channel(channel, services.settings, services.fetcher, services.blobs)
    await to.send(notice.id, [notice])
    return notice.id


async def _meant(documents: Documents, client: str, text: str) -> str:
    """Return the id of a rule that users defined, or that has a state. Raises UsageError."""
    without_name = {body["rule"] async for body in alert_states.of_client(documents, client)}
    if isinstance(client, Own):
        without_name |= {PICKUP_RATE, JOB_HEALTH}
    names = {**{rule: rule for rule in without_name}, **await store.names(documents, client)}
    try:
        return rule_names.meant(text, names)
    except NotFound as error:
        known = f" Known are: {', '.join(sorted(names.values()))}." if names else ""
        raise UsageError(f"{error}{known}", code=error.code) from None


def _view(body: Body, names: Mapping[str, str]) -> AlertState:
    state = alert_states.state_of(body)
    return AlertState(
        body["rule"],
        names.get(body["rule"]),
        body["scope"],
        body["status"],
        _text(state.since),
        _text(state.fired_at),
        body.get("evaluatedAt") or None,
        body.get("verdict"),
        body.get("reason", ""),
        _text(state.silenced_until),
        len(body["outbox"]),
    )


def _text(at: datetime | None) -> str | None:
    return clock.to_text(at) if at is not None else None
