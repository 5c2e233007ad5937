"""Alert rules that users define: create, change, delete, look at, run now, and when they run next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from operations import paging, rule_checks, rule_names
from operations.actor import Actor, client_name, client_scope
from operations.answers import Page, members, page
from processors.alerts import endings, store
from processors.alerts import frequency as frequencies
from processors.alerts import rule as rules
from processors.alerts.identity import key_of, payload_of
from processors.alerts.rule import MEMBERS, Held, Rule
from processors.alerts.rule import Definition as Definition
from processors.catalogue import alert_kind
from shared import audit, clock
from shared.alerts import states
from shared.alerts.states import SYSTEM
from shared.documents.containers import ALERT_RULES
from shared.documents.port import Documents
from shared.errors import NotFound, Permanent, Refused, UsageError
from shared.jobs.producer import Producer
from shared.jobs.record_store import Records
from shared.services import Services


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
class Unreadable:
    """A rule that can't be read, and why: it never runs, and can only be deleted."""

    id: str
    name: str
    why: str


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


@dataclass(frozen=True, slots=True)
class Deleted:
    """A rule that is deleted."""

    id: str
    name: str


async def create(
    services: Services, by: Actor, said: Mapping[str, Any], *, id: str | None = None, client: str = SYSTEM
) -> RuleView:
    """Store a new rule. Raises UsageError that names what is wrong, Refused when there is one of the id."""
    by.require("admin", client_scope(client))
    named = rule_checks.checked_id(id or str(uuid.uuid4()))
    definition = await rule_checks.checked(services, by, await _with_ids(services.documents, client, said))
    rule = await store.create(services.documents, client, named, definition, by=by.name)
    after = definition.as_json()
    await _audited(services.documents, "create", by, named, definition.name, client, after=after)
    if rule.leaving:
        await endings.finish(services, client, named)
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
    by.require("admin", client_scope(client))
    before = await find(services.documents, client, rule)
    said = await _with_ids(services.documents, client, said, before.definition.after)
    await rule_checks.checked(services, by, merged(before.definition, said), before.definition)

    standing_before = before.definition

    def made(standing: Definition) -> Definition:
        nonlocal standing_before
        standing_before = standing
        return rules.checked(merged(standing, said))

    after = await store.update(services.documents, client, before.id, made, by=by.name, expected=expected)
    change = {"before": standing_before.as_json(), "after": after.definition.as_json()}
    await _audited(services.documents, "update", by, after.id, after.definition.name, client, **change)
    if after.leaving:
        await endings.finish(services, client, after.id)
    return _view(after)


async def delete(
    services: Services, by: Actor, rule: str, *, client: str = SYSTEM, expected: store.Version | None = None
) -> Deleted:
    """Delete a rule, also one that can't be read. What it told last is told to be over.

    Raises Refused when it isn't the `expected` version.
    """
    by.require("admin", client_scope(client))
    found = await _to_delete(services.documents, client, rule)
    before = await _standing(services.documents, client, found.id)
    await store.delete(services.documents, client, found.id, by=by.name, expected=expected)
    await _audited(services.documents, "delete", by, found.id, found.name, client, before=before)
    await endings.finish(services, client, found.id)
    return found


async def show(documents: Documents, by: Actor, rule: str, *, client: str = SYSTEM) -> RuleView:
    """Return a rule (its id, the beginning of it, or its name). Raises NotFound."""
    by.require("reader", client_scope(client))
    return _view(await find(documents, client, rule))


async def all_rules(documents: Documents, by: Actor, *, client: str = SYSTEM) -> Page[RuleView]:
    """Return a client's rules, by name."""
    by.require("reader", client_scope(client))
    found = [_view(rule) async for rule in store.of_client(documents, client)]
    return page(sorted(found, key=lambda one: (one.name, one.id)))


async def changed_last(
    documents: Documents, by: Actor, *, limit: int = 50, after: str | None = None, client: str = SYSTEM
) -> Page[RuleView | Unreadable]:
    """Return a page of a client's rules behind the page `after`, those that were changed last first.

    Reads as many documents as it returns, however many rules there are. Raises UsageError when `after` names no page.
    """
    by.require("reader", client_scope(client))
    found, behind = await paging.read(
        documents, ALERT_RULES, newest_by="updatedAt", partition=client, limit=limit, after=after
    )
    read = [one for one in map(store.present, found) if one is not None]
    told = [_view(one.rule) if isinstance(one, Held) else Unreadable(one.id, one.name, one.why) for one in read]
    return Page(tuple(told), behind)


async def run_now(services: Services, by: Actor, rule: str, *, client: str = SYSTEM) -> Asked:
    """Have a rule evaluated now, beside its schedule and whether or not its predecessors have run.

    Raises Refused for one that isn't active.
    """
    by.require("operator", client_scope(client))
    found = await find(services.documents, client, rule)
    if not found.definition.active:
        raise Refused(f"Alert rule {found.definition.name!r} isn't active.", code="rule_inactive")
    slot, kind = clock.parse(clock.text_now()), alert_kind(services.settings)
    producer = Producer(Records(services.documents), services.queues)
    while True:
        message = payload_of(client, found.id, slot, by.name)
        answer = await producer.enqueue(kind, message, by=by.name, only_new=True)
        if answer.what != "duplicate":
            break
        slot += timedelta(milliseconds=1)  # the slot of its schedule, or of another hand
    await _audited(services.documents, "run", by, found.id, found.definition.name, client)
    key = key_of(client, found.id, slot)
    return Asked(found.id, slot, key.scope, key.id)


async def preview(documents: Documents, by: Actor, rule: str, *, count: int = 5, client: str = SYSTEM) -> Page[Coming]:
    """Return the next times at which a rule runs; none when it isn't active."""
    by.require("reader", client_scope(client))
    found = await find(documents, client, rule)
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


async def _audited(
    documents: Documents,
    what: str,
    by: Actor,
    rule: str,
    name: str,
    client: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    about: dict[str, Any] = {"rule": rule, "of": name, "client": client_name(client)}
    if before is not None or after is not None:
        about |= audit.difference(before or {}, after or {})
    await audit.write(documents, f"{what} alert rule", by=by.name, **about)


async def _standing(documents: Documents, client: str, id: str) -> dict[str, Any] | None:
    """Return the members of a rule; None for one that can't be read."""
    try:
        held = await store.get(documents, client, id)
    except Permanent:
        return None
    return held.rule.definition.as_json() if held is not None else None


def merged(before: Definition, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule's members changed as a JSON merge patch says (RFC 7396): None takes one away.

    A frequency of another type takes nothing over from the one before but its time zone.
    """
    changed = before.as_json()
    for name, value in said.items():
        if name == "condition" and isinstance(value, Mapping):
            value = {part: one for part, one in {**changed["condition"], **value}.items() if one is not None}
        if name == "frequency" and isinstance(value, Mapping):
            kept = {"timezone": before.frequency["timezone"]} if "type" in value else before.frequency
            value = {**kept, **value}
        changed[name] = value
    return {name: value for name, value in changed.items() if value is not None}


async def _with_ids(
    documents: Documents, client: str, said: Mapping[str, Any], standing: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return a rule's members with the ids of its predecessors, which may be named as `show` takes them.

    Those that are `standing` may stay, though they are deleted.
    """
    members, after = said_of(said), said.get("after")
    if isinstance(after, list | tuple) and all(isinstance(one, str) for one in after):
        try:
            members["after"] = [one if one in standing else (await find(documents, client, one)).id for one in after]
        except NotFound as error:
            text = f"after: {error} Nothing was stored."
            raise UsageError(text, code="rule_unknown", fields={"field": "after"}) from None
    return members


async def find(documents: Documents, client: str, text: str) -> Rule:
    """Return the rule that is meant by its id, the beginning of it, or its name. Raises NotFound, UsageError."""
    held = await store.get(documents, client, text) if text else None
    if held is not None:
        return held.rule
    meant = rule_names.meant(text, await store.names(documents, client))
    return (await store.existing(documents, client, meant)).rule


async def _to_delete(documents: Documents, client: str, text: str) -> Deleted:
    names = await store.names(documents, client)
    meant = rule_names.meant(text, names)
    return Deleted(meant, names[meant])


def _view(rule: Rule) -> RuleView:
    said, when = rule.definition, rule.timing
    return RuleView(
        rule.id, client_name(rule.client), said.name, said.active, said.severity,
        said.frequency, frequencies.parse(said.frequency).cron(), said.as_json()["condition"], said.channels,
        said.owner, said.after, said.grace_seconds, said.jitter_seconds, rule.incarnation, rule.version,
        rule.created_at, rule.updated_at, when.next_due, when.last_slot,
    )  # fmt: skip


_VIEWED = members(RuleView)
