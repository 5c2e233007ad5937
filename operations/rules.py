"""Alert rules that users define: create, change, delete, look at, run now, and when they run next."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.actor import EVERYTHING, Actor
from operations.alerts import scope_of as scope_of
from operations.answers import Page, members, page
from processors.alerts import frequency as frequencies
from processors.alerts import judging, run, store
from processors.alerts import rule as rules
from processors.alerts.identity import key_of, payload_of
from processors.alerts.rule import MEMBERS, Rule
from processors.alerts.rule import Definition as Definition
from processors.catalogue import alert_kind, measures
from shared import audit, clock
from shared.alerts import states
from shared.alerts.channels import registry
from shared.alerts.states import SYSTEM as SYSTEM
from shared.documents.ids import Own
from shared.documents.port import Documents
from shared.errors import NightshiftError, NotFound, Refused, Unavailable, UsageError
from shared.jobs.producer import Producer
from shared.jobs.record_store import Records
from shared.measures import read
from shared.services import Services
from shared.suggestion import did_you_mean


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule: what its users said, its cron form, and when it runs. `client_id` None: it is the app's own."""

    id: str
    client_id: str | None
    name: str
    active: bool
    severity: str
    frequency: dict[str, Any]
    cron: str
    condition: dict[str, Any]
    channels: tuple[str, ...]
    owner: str | None
    after: tuple[str, ...]
    grace_seconds: int
    jitter_seconds: int
    incarnation: int
    version: int
    created_at: datetime
    updated_at: datetime
    next_due_at: datetime | None
    last_slot: datetime | None


@dataclass(frozen=True, slots=True)
class Coming:
    """A time at which a rule runs: in UTC, and in its zone with the offset from UTC."""

    at: datetime
    local: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A run that was asked for beside the schedule: its slot, and its job."""

    rule: str
    slot: datetime
    scope: str
    job: str


async def create(
    services: Services, by: Actor, said: Mapping[str, Any], *, id: str | None = None, client: str = SYSTEM
) -> RuleView:
    """Store a new rule. Raises UsageError that names what is wrong, Refused when there is one of the id."""
    by.require("operator", scope_of(client))
    named = checked_id(id or str(uuid.uuid4()))
    definition = await checked(services, by, await _with_ids(services.documents, client, said))
    rule = await store.create(services.documents, client, named, definition, by=by.name)
    await _audited(services.documents, "create", by, named, definition.name, client)
    return _view(rule)


async def update(
    services: Services,
    by: Actor,
    rule: str,
    said: Mapping[str, Any],
    *,
    client: str = SYSTEM,
    expected: store.Version | None = None,
) -> RuleView:
    """Change members of a rule; those of its condition one by one. It takes effect a minute later.

    Raises UsageError that names what is wrong, Refused when the rule isn't the `expected` version; then nothing is
    changed.
    """
    by.require("operator", scope_of(client))
    said = await _with_ids(services.documents, client, said)
    before = await _find(services.documents, client, rule)
    await checked(services, by, _merged(before.definition, said))

    def made(standing: Definition) -> Definition:
        return rules.checked(_merged(standing, said))

    after = await store.update(services.documents, client, before.id, made, by=by.name, expected=expected)
    await _end_what_is_left(services, before, after)
    await _audited(services.documents, "update", by, after.id, after.definition.name, client)
    return _view(after)


async def delete(
    services: Services, by: Actor, rule: str, *, client: str = SYSTEM, expected: store.Version | None = None
) -> RuleView:
    """Delete a rule. What it told last is told to be over. Raises Refused when it isn't the `expected` version."""
    by.require("operator", scope_of(client))
    found = await _find(services.documents, client, rule)
    gone = await store.delete(services.documents, client, found.id, expected=expected)
    await run.over(services, client, gone.id)
    await _audited(services.documents, "delete", by, gone.id, gone.definition.name, client)
    return _view(gone)


async def show(documents: Documents, by: Actor, rule: str, *, client: str = SYSTEM) -> RuleView:
    """Return a rule (its id, the beginning of it, or its name). Raises NotFound."""
    by.require("reader", scope_of(client))
    return _view(await _find(documents, client, rule))


async def all_rules(documents: Documents, by: Actor, *, client: str = SYSTEM) -> Page[RuleView]:
    """Return a client's rules, by name."""
    by.require("reader", scope_of(client))
    found = [_view(rule) async for rule in store.of_client(documents, client)]
    return page(sorted(found, key=lambda one: (one.name, one.id)))


async def run_now(services: Services, by: Actor, rule: str, *, client: str = SYSTEM) -> Asked:
    """Have a rule evaluated now, beside its schedule. Raises Refused for one that isn't active."""
    by.require("operator", scope_of(client))
    found = await _find(services.documents, client, rule)
    if not found.definition.active:
        raise Refused(f"Alert rule {found.definition.name!r} isn't active.", code="rule_inactive")
    slot, kind = clock.now(), alert_kind(services.settings)
    slot = clock.parse(clock.to_text(slot))
    message = payload_of(client, found.id, slot, by.name)
    await Producer(Records(services.documents), services.queues).enqueue(kind, message, by=by.name, only_new=True)
    await _audited(services.documents, "run", by, found.id, found.definition.name, client)
    key = key_of(client, found.id, slot)
    return Asked(found.id, slot, key.scope, key.id)


async def preview(documents: Documents, by: Actor, rule: str, *, count: int = 5, client: str = SYSTEM) -> Page[Coming]:
    """Return the next times at which a rule runs; none when it isn't active."""
    by.require("reader", scope_of(client))
    found = await _find(documents, client, rule)
    zone = frequencies.parse(found.definition.frequency).zone
    coming: list[Coming] = []
    at = found.timing.next_due if found.definition.active else None
    while at is not None and len(coming) < count:
        coming.append(Coming(at, at.astimezone(zone).isoformat(timespec="seconds")))
        at = found.occasions.after(at)
    return page(coming)


def preview_frequency(said: Any, *, count: int = 5) -> Page[Coming]:
    """Return the next times of a frequency that no rule has yet. Raises UsageError that names what is wrong."""
    firings = frequencies.preview(frequencies.parse(said), clock.now(), count)
    return page([Coming(one.at, one.local.isoformat(timespec="seconds")) for one in firings])


async def state_of(documents: Documents, rule: RuleView, *, client: str = SYSTEM) -> str | None:
    """Return the name of the state of a rule's scope; None before its first evaluation."""
    scope = rule.condition["scope"]
    found = [body async for body in states.of_rule(documents, client, rule.id) if body["scope"] == scope]
    return str(found[0]["status"]) if found else None


def said_of(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a rule without those that only its view has: so what `show` tells can be given back."""
    return {name: value for name, value in members.items() if name in MEMBERS or name not in _VIEWED}


async def checked(services: Services, by: Actor, said: Mapping[str, Any]) -> Definition:
    """Return a definition whose measures, scope, options and channels there are.

    Raises UsageError that names the member, NotAllowed when the actor may not read what it watches.
    """
    definition = rules.checked(dict(said))
    by.require("reader", _watched(definition))
    known = registry.needs()
    for channel in definition.channels:
        if channel not in known:
            meant = did_you_mean(channel, known)
            raise UsageError(
                f"channels: there is no channel {channel!r}.{meant} Known are: {', '.join(known)}. Nothing was stored.",
                code="channel_unknown",
            )
    try:  # only whoever reads it knows which scopes and options a measure has
        await read(services, judging.asks_of(definition.condition, measures(services.settings), clock.now()))
    except UsageError as error:
        text = f"condition: {error} Nothing was stored."
        raise UsageError(text, code=error.code, fields={"field": "condition"}) from None
    except Unavailable:
        raise
    except NightshiftError:
        pass  # it can't be read just now: the rule will say so
    return definition


def _watched(definition: Definition) -> str:
    """Return the scope that an actor needs to read what a rule watches."""
    kind, _, name = definition.condition.scope.partition(":")
    if kind == "project":
        return f"org:{name.partition('/')[0]}"
    return definition.condition.scope if name else EVERYTHING


async def _audited(documents: Documents, what: str, by: Actor, rule: str, name: str, client: str) -> None:
    whose = None if isinstance(client, Own) else client
    await audit.write(documents, f"{what} alert rule", by=by.name, rule=rule, of=name, client=whose)


def _merged(before: Definition, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule's members changed as a JSON merge patch says (RFC 7396): None takes one away.

    A frequency of another type takes nothing over from the one before but its time zone.
    """
    merged = before.as_json()
    for name, value in said.items():
        if name == "condition" and isinstance(value, Mapping):
            value = {part: one for part, one in {**merged["condition"], **value}.items() if one is not None}
        if name == "frequency" and isinstance(value, Mapping):
            kept = {"timezone": before.frequency["timezone"]} if "type" in value else before.frequency
            value = {**kept, **value}
        merged[name] = value
    return {name: value for name, value in merged.items() if value is not None}


async def _with_ids(documents: Documents, client: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule's members with the ids of its predecessors, which may be named as `show` takes them."""
    members, after = said_of(said), said.get("after")
    if isinstance(after, list | tuple) and all(isinstance(one, str) for one in after):
        try:
            members["after"] = [(await _find(documents, client, one)).id for one in after]
        except NotFound as error:
            raise UsageError(f"after: {error} Nothing was stored.", code="rule_unknown") from None
    return members


async def _end_what_is_left(services: Services, before: Rule, after: Rule) -> None:
    if not after.definition.active:
        await run.over(services, after.client, after.id)
    elif before.definition.condition.scope != after.definition.condition.scope:
        await run.left(services, after, before.definition.condition.scope)


async def _find(documents: Documents, client: str, text: str) -> Rule:
    """Return the rule that is meant by its id, the beginning of it, or its name. Raises NotFound, UsageError."""
    held = await store.get(documents, client, text) if text else None
    if held is not None:
        return held.rule
    found, names = [], []
    async for rule in store.of_client(documents, client):
        names.append(rule.definition.name)
        if text and (rule.id.startswith(text) or rule.definition.name == text):
            found.append(rule)
    if len(found) > 1:
        ids = ", ".join(sorted(rule.id for rule in found))
        raise UsageError(f"{text!r} means several alert rules: {ids}.", code="rule_ambiguous")
    if not found:
        raise NotFound(f"There is no alert rule {text!r}.{did_you_mean(text, names)}", code="rule_unknown")
    return found[0]


def checked_id(id: str) -> str:
    """Return an id that a rule can have. Raises UsageError."""
    if not _is_id(id):
        text = f"The id of a rule can't be {id!r}: it takes 1 to 100 letters, digits and - _ . Nothing was stored."
        raise UsageError(text, code="rule_invalid", fields={"field": "id"})
    return id


def _view(rule: Rule) -> RuleView:
    said, when = rule.definition, rule.timing
    return RuleView(
        rule.id, None if isinstance(rule.client, Own) else rule.client, said.name, said.active, said.severity,
        said.frequency, frequencies.parse(said.frequency).cron(), said.as_json()["condition"], said.channels,
        said.owner, said.after, said.grace_seconds, said.jitter_seconds, rule.incarnation, rule.version,
        rule.created_at, rule.updated_at, when.next_due, when.last_slot,
    )  # fmt: skip


_VIEWED = members(RuleView)
_is_id = re.compile(r"[A-Za-z0-9._-]{1,100}").fullmatch
