"""Files of alert rules, as people keep them in git: what would they change in the store, and bringing it there.

A file holds all members of its rules; what it leaves out has its default. A rule is known by its id, or without one by
its name. Doing it twice changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal

from operations import rule_checks, rules
from operations.actor import Actor, client_scope
from processors.alerts import store
from processors.alerts.condition import MEMBERS as CONDITION_MEMBERS
from processors.alerts.rule import MEMBERS, Definition, Rule
from shared.alerts.states import SYSTEM
from shared.documents.ids import Own
from shared.documents.port import Documents
from shared.errors import UsageError
from shared.services import Services

_NAMESPACE = uuid.UUID("6f1c9a52-6f0e-4d0b-9d52-0a4b5f0f5c11")
"""Of the ids of rules that a file names only: the same name has the same id, whoever applies the file."""
What = Literal["create", "change", "delete", "none"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A member of a rule: its value in the store, and in the file. None: it isn't there."""

    member: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What a file changes of one rule."""

    what: What
    id: str
    name: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file changes, in the order in which it is done; and rules of the store that it doesn't have."""

    changes: tuple[Change, ...]
    unchanged: int
    not_in_file: tuple[str, ...]
    definitions: Mapping[str, Definition]
    """The definitions of the file, by id."""


async def exported(documents: Documents, by: Actor, *, client: str = SYSTEM) -> dict[str, Any]:
    """Return a client's rules as a file has them."""
    by.require("reader", client_scope(client))
    found = sorted(
        [one async for one in store.of_client(documents, client)], key=lambda one: (one.definition.name, one.id)
    )
    return {"rules": [{"id": one.id, **one.definition.as_json()} for one in found]}


async def plan(services: Services, by: Actor, said: Any, *, prune: bool = False, client: str = SYSTEM) -> Plan:
    """Return what a file's JSON changes; with `prune` rules that it doesn't have are deleted.

    Raises UsageError that names the rule and its member when one can't be stored.
    """
    by.require("admin", client_scope(client))
    standing = {rule.id: rule async for rule in store.of_client(services.documents, client)}
    named = _named(_listed(said), standing, client)
    ids = {rule.definition.name: key for key, rule in standing.items()}
    ids |= {members["name"]: key for key, members in named.items()}
    ids |= {key: key for key in (*standing, *named)}
    definitions = {key: await _checked(services, by, key, members, ids) for key, members in named.items()}
    gone = [key for key in standing if key not in definitions]
    left = {} if prune else {key: standing[key].definition for key in gone}
    order = _order(definitions, left, standing)
    changes = [_change(standing.get(key), key, definitions[key]) for key in order]
    if prune:
        changes += [Change("delete", key, standing[key].definition.name, ()) for key in gone]
    return Plan(
        tuple(one for one in changes if one.what != "none"),
        sum(one.what == "none" for one in changes),
        tuple(sorted(one.name for one in left.values())),
        definitions,
    )


async def apply(services: Services, by: Actor, plan: Plan, *, client: str = SYSTEM) -> AsyncIterator[Change]:
    """Do what a plan says, and yield each change once it is stored.

    What another hand changed since the plan was made is overwritten: the file is what is wanted.
    """
    by.require("admin", client_scope(client))
    for change in plan.changes:
        if change.what == "delete":
            await rules.delete(services, by, change.id, client=client)
        elif change.what == "create":
            await rules.create(services, by, plan.definitions[change.id].as_json(), id=change.id, client=client)
        else:
            await rules.update(services, by, change.id, _whole(plan.definitions[change.id]), client=client)
        yield change


def _listed(said: Any) -> list[Any]:
    """Return the rules of a file: a list, or an object that has them in `rules`."""
    listed = said.get("rules") if isinstance(said, Mapping) else said
    if not isinstance(listed, list):
        raise UsageError(
            'A file of alert rules is a list of rules, or {"rules": [...]}. Nothing was stored.', code="rule_invalid"
        )
    return listed


def _named(listed: Sequence[Any], standing: Mapping[str, Rule], client: str) -> dict[str, dict[str, Any]]:
    """Return the rules' members by id. A rule without an id has that of the store's rule of its name, or a new one."""
    found: dict[str, dict[str, Any]] = {}
    for number, members in enumerate(listed, 1):
        if not isinstance(members, Mapping) or not isinstance(members.get("name"), str):
            raise UsageError(f"Rule {number} of the file has no name. Nothing was stored.", code="rule_invalid")
        name = members["name"]
        key = members.get("id") or _id_of(name, standing, client)
        if not isinstance(key, str):
            raise UsageError(f"Rule {name!r}: its id must be a text. Nothing was stored.", code="rule_invalid")
        if key in found:
            raise UsageError(f"Rule {name!r} is in the file twice. Nothing was stored.", code="rule_ambiguous")
        found[key] = rules.said_of(members)
    return found


def _id_of(name: str, standing: Mapping[str, Rule], client: str) -> str:
    ids = sorted(key for key, rule in standing.items() if rule.definition.name == name)
    if len(ids) > 1:
        text = f"Rule {name!r}: several have that name: {', '.join(ids)}. Give its id. Nothing was stored."
        raise UsageError(text, code="rule_ambiguous")
    of = "" if isinstance(client, Own) else client
    return ids[0] if ids else str(uuid.uuid5(_NAMESPACE, f"{of}/{name}"))


async def _checked(
    services: Services, by: Actor, id: str, members: Mapping[str, Any], ids: Mapping[str, str]
) -> Definition:
    """Return the definition of one of the file's rules, whose predecessors may be named as `ids` has them."""
    after = members.get("after")
    if isinstance(after, list):
        members = {**members, "after": [ids.get(one, one) if isinstance(one, str) else one for one in after]}
    try:
        rule_checks.checked_id(id)
        return await rule_checks.checked(services, by, members)
    except UsageError as error:
        raise UsageError(f"Rule {members['name']!r}: {error}", code=error.code, fields=error.fields) from None


def _order(
    definitions: Mapping[str, Definition], left: Mapping[str, Definition], standing: Mapping[str, Rule]
) -> list[str]:
    """Return the ids of the file's rules, predecessors first: so no cycle stands in between.

    Raises UsageError for a cycle, and for a predecessor that there isn't. One that was deleted may stay named.
    """
    known = {**left, **definitions}
    for key, definition in definitions.items():
        before = standing[key].definition.after if key in standing else ()
        unknown = [one for one in definition.after if one not in known and one not in before]
        if unknown:
            text = f"Rule {definition.name!r}: after: there is no alert rule {unknown[0]!r}. Nothing was stored."
            raise UsageError(text, code="rule_unknown")
    graph = TopologicalSorter({key: definition.after for key, definition in known.items()})
    try:
        return [key for key in graph.static_order() if key in definitions]
    except CycleError as error:
        names = " → ".join(known[key].name for key in reversed(error.args[1]))
        raise UsageError(f"after: a cycle: {names}. Nothing was stored.", code="rule_cycle") from None


def _change(standing: Rule | None, id: str, definition: Definition) -> Change:
    before = _flat(standing.definition.as_json()) if standing is not None else {}
    after = _flat(definition.as_json())
    members = [*after, *(member for member in before if member not in after)]
    differences = [
        Difference(member, before.get(member), after.get(member))
        for member in members
        if before.get(member) != after.get(member)
    ]
    what: What = "create" if standing is None else "change" if differences else "none"
    return Change(what, id, definition.name, tuple(differences))


def _flat(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a rule, those of its condition and frequency by a dotted name."""
    flat: dict[str, Any] = {}
    for name, value in members.items():
        if name in ("condition", "frequency"):
            flat |= {f"{name}.{part}": one for part, one in value.items()}
        else:
            flat[name] = value
    return flat


def _whole(definition: Definition) -> dict[str, Any]:
    """Return all members of a definition, with None for each that it hasn't: an update then keeps nothing older."""
    members = {**dict.fromkeys(MEMBERS), **definition.as_json()}
    return {**members, "condition": {**dict.fromkeys(CONDITION_MEMBERS), **members["condition"]}}
