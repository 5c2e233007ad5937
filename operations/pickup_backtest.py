"""Backtests of pickup rates: of a scope's numbers, and of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from operations import backtest, pickup_rate
from operations.actor import Actor
from operations.backtest import Backtest, Range, Subject, Sweep, Swept, Told
from processors.pickup_rate import backtest as replays
from processors.pickup_rate import rules, sliding
from processors.pickup_rate.evaluation import Counts
from processors.pickup_rate.freshness import lacking_since
from processors.pickup_rate.rules import Numbers, Rule
from shared.config import Settings
from shared.documents.port import Documents
from shared.errors import UsageError

_NOT_REPLAYED = ("enabled", "reseller")
SETTABLE = tuple(name for name in Numbers.model_fields if name not in _NOT_REPLAYED)
"""What a backtest may set: all that decides when a scope's alert fires."""
_JUDGED = {
    "CALL_BASED": "call rate",
    "LEAD_BASED": "lead rate",
    "BOTH": "lower one of call and lead rate",
}


async def replay(
    documents: Documents,
    settings: Settings,
    by: Actor,
    scope: str,
    over: Range,
    *,
    changes: Mapping[str, Any] | None = None,
) -> Backtest:
    """Return what a scope's rule would have told in a range; `changes` are numbers that it has instead of its own.

    Raises UsageError for what is no scope, and for numbers that can't be.
    """
    rule = changed(scope, await rule_of(documents, settings, by, scope), changes or {})
    found = tested(scope, rule, over, *await counted(documents, scope, rule, over))
    return replace(found, lacking_since=await lacking_since(documents))


async def sweep(
    documents: Documents,
    settings: Settings,
    by: Actor,
    scope: str,
    over: Range,
    wanted: Sweep,
    told: Told,
    *,
    changes: Mapping[str, Any] | None = None,
) -> Swept:
    """Return what a scope's rule would have told in a range with each value of a number. Raises as `replay`."""
    rule = changed(scope, await rule_of(documents, settings, by, scope), changes or {})
    variants = [(value, changed(scope, rule, {wanted.member: value})) for value in wanted.values]
    read: dict[tuple[Any, ...], tuple[Sequence[datetime], list[Counts | None]]] = {}
    found: list[tuple[float, Backtest]] = []
    for value, variant in variants:
        told(len(found), len(variants))
        key = variant.interval_seconds, variant.lookback_seconds, variant.include_tests, variant.include_inbound
        if key not in read:
            read[key] = await counted(documents, scope, variant, over)
        its = tested(scope, variant, over, *read[key])
        found.append((value, replace(its, lacking_since=await lacking_since(documents))))
    told(len(found), len(variants))
    return Swept(_subject(scope, rule), wanted.member, tuple(found))


async def rule_of(documents: Documents, settings: Settings, by: Actor, scope: str) -> Rule:
    """Return the rule of a scope. Raises UsageError for what is no scope."""
    by.require("reader", pickup_rate.scope_of(scope))
    return (await rules.read(documents, settings)).of(rules.checked_scope(scope))


async def counted(
    documents: Documents, scope: str, rule: Rule, over: Range
) -> tuple[Sequence[datetime], list[Counts | None]]:
    """Return when a rule is evaluated in a range, and the counts of each of its windows; None: they aren't kept."""
    ticks = backtest.checked_slots(replays.ticks(rule, over.begin, over.end, over.most + 1), over)
    return ticks, await replays.counted(documents, scope, rule, ticks)


def tested(scope: str, rule: Rule, over: Range, ticks: Sequence[datetime], counts: Sequence[Counts | None]) -> Backtest:
    """Return what a rule would have told of windows with these counts. Raises NotFound when there is nothing in any."""
    return backtest.assembled(
        _subject(scope, rule),
        over,
        ticks,
        [one if one is not None else sliding.GONE for one in counts],
        lambda tick, its: replays.evaluated(rule, tick, its),
        rule.policy,
    )


def _subject(scope: str, rule: Rule) -> Subject:
    judged = "pickup rate" if rule.definition == "connection" else _JUDGED[rule.alert_type]
    what = f"upper bound of the {judged}" if rule.evaluation == "wilson" else judged
    numbers = {name: getattr(rule, name) for name in SETTABLE}
    return Subject("Pickup rate", f"{what} of {scope}", numbers, rule.threshold, "%")


def changed(scope: str, rule: Rule, changes: Mapping[str, Any]) -> Rule:
    """Return a rule with other numbers. Raises UsageError that names the one that can't be."""
    for name in changes:
        if name not in SETTABLE:
            raise backtest.unknown_member(name, SETTABLE)
    try:
        numbers = rules.validated(scope, {**changes})
    except UsageError as error:
        text = str(error).removesuffix(" Nothing was changed.")
        raise UsageError(text, code=error.code, fields=error.fields) from None
    return rule.model_copy(update=numbers.model_dump(exclude_none=True))
