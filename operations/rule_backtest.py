"""Backtests of alert rules: of the store's, of a file's, and of either with other numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from operations import backtest, rule_checks, rules
from operations.actor import Actor, client_scope
from operations.backtest import Backtest, Range, Subject, Sweep, Swept, Told
from processors.alerts import backtest as replays
from processors.alerts import rule as definitions
from processors.alerts.condition import MEMBERS as CONDITION_MEMBERS
from processors.alerts.rule import Definition
from processors.catalogue import measures
from shared import clock
from shared.alerts.states import SYSTEM
from shared.documents.shapes import camel_case
from shared.errors import UsageError
from shared.measures import Measures, Past, history
from shared.services import Services

_OF_RULE = ("frequency", "jitterSeconds")
SETTABLE = (*CONDITION_MEMBERS, *_OF_RULE)
"""What a backtest may set: all that decides when a rule fires."""
_NOT_STORED = " Nothing was stored."


@dataclass(frozen=True, slots=True)
class _Known:
    """The readings of a range, by what they depend on: numbers that change nothing of that need no other reading."""

    services: Services
    measures: Measures
    over: Range
    read: dict[str, tuple[Sequence[datetime], list[list[Past]]]] = field(default_factory=dict)

    async def of(self, id: str, definition: Definition) -> tuple[Sequence[datetime], list[list[Past]]]:
        """Return a rule's slots, and the readings of each."""
        condition = definition.condition
        of_condition = [
            condition.type,
            condition.measures,
            condition.scope,
            condition.options,
            condition.window_seconds,
        ]
        key = json.dumps([of_condition, definition.frequency, definition.jitter_seconds])
        if key not in self.read:
            slots = backtest.checked_slots(
                replays.slots(id, definition, self.over.begin, self.over.end, self.over.most + 1), self.over
            )
            readings = await history(self.services, replays.asks_of(condition, self.measures, slots))
            self.read[key] = slots, replays.by_slot(slots, readings)
        return self.read[key]


async def replay(
    services: Services,
    by: Actor,
    which: Any,
    over: Range,
    *,
    changes: Mapping[str, Any] | None = None,
    client: str = SYSTEM,
) -> Backtest:
    """Return what a rule would have told in a range: one of the store (its id or name), or a file's (its JSON).

    `changes` are members that it has instead of its own. Raises NotFound, and UsageError that names what is wrong.
    """
    key, definition = await _meant(services, by, which, changes or {}, client)
    return await _tested(_Known(services, measures(services.settings), over), key, definition)


async def sweep(
    services: Services,
    by: Actor,
    which: Any,
    over: Range,
    wanted: Sweep,
    told: Told,
    *,
    changes: Mapping[str, Any] | None = None,
    client: str = SYSTEM,
) -> Swept:
    """Return what a rule would have told in a range with each value of a member. Raises as `replay`."""
    key, definition = await _meant(services, by, which, changes or {}, client)
    known, found = _Known(services, measures(services.settings), over), list[tuple[float, Backtest]]()
    variants = [(value, _changed(definition, {wanted.member: _whole(value)})) for value in wanted.values]
    for value, variant in variants:
        told(len(found), len(variants))
        found.append((value, await _tested(known, key, variant)))
    told(len(found), len(variants))
    return Swept(_subject(definition, known.measures), wanted.member, tuple(found))


async def _tested(known: _Known, id: str, definition: Definition) -> Backtest:
    condition = definition.condition
    slots, readings = await known.of(id, definition)
    return backtest.assembled(
        _subject(definition, known.measures),
        known.over,
        slots,
        [replays.why_unknown(its) or its for its in readings],
        lambda slot, its: replays.evaluated(condition, slot, its),
        condition.policy,
        needs_data=condition.type != "no_data",
    )


def _subject(definition: Definition, measures: Measures) -> Subject:
    condition = definition.condition
    unit = replays.asks_of(condition, measures, [clock.now()])[0].measure.unit
    return Subject(
        definition.name,
        f"{condition.subject} of {condition.scope}",
        _numbers(definition),
        condition.threshold,
        "%" if condition.type == "change_percent" else unit,
    )


def _numbers(definition: Definition) -> dict[str, Any]:
    return {**definition.as_json()["condition"], **{name: definition.as_json()[name] for name in _OF_RULE}}


async def _meant(
    services: Services, by: Actor, which: Any, changes: Mapping[str, Any], client: str
) -> tuple[str, Definition]:
    try:
        if isinstance(which, str):
            by.require("reader", client_scope(client))
            rule = await rules.find(services.documents, client, which)
            key, definition = rule.id, rule.definition
        else:
            said = dict(_only(which))
            key = str(said.pop("id", None) or said.get("name", ""))
            definition = definitions.checked({**rules.said_of(said), "after": []})
        changed = _changed(definition, changes)
        await rule_checks.checked(services, by, changed.as_json())
    except UsageError as error:
        text = str(error).removesuffix(_NOT_STORED)
        raise UsageError(text, code=error.code, fields=error.fields) from None
    return key, changed


def _only(said: Any) -> Mapping[str, Any]:
    """Return the one rule of a file: the rule itself, or a list with it, as a file of rules has it."""
    listed = said.get("rules", [said]) if isinstance(said, Mapping) else said
    if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], Mapping):
        count = f"has {len(listed)} rules" if isinstance(listed, list) else "has no rule"
        raise UsageError(f"The file {count}; a backtest takes one.", code="rule_invalid")
    return listed[0]


def _changed(definition: Definition, changes: Mapping[str, Any]) -> Definition:
    """Return a definition with other numbers. Raises UsageError that names the member."""
    named = {camel_case(name): value for name, value in changes.items()}
    for name in named:
        if name not in SETTABLE:
            raise backtest.unknown_member(name, SETTABLE)
    condition = {name: value for name, value in named.items() if name not in _OF_RULE}
    for one, other in (("measure", "ratio"), ("ratio", "measure")):
        if condition.get(one) is not None:
            condition.setdefault(other, None)
    of_rule = {name: named[name] for name in _OF_RULE if name in named}
    return definitions.checked(rules.merged(definition, {"condition": condition, **of_rule}))


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() else value
