"""Pickup rates: a scope's rates now or at another time, evaluating what is due, and the alert rule of each scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.actor import EVERYTHING, Actor
from operations.answers import Page, page
from processors.pickup_rate import adding_up, evaluation, reading, rules, texts
from processors.pickup_rate.freshness import lacking_since
from processors.pickup_rate.run import evaluate_due
from processors.pickup_rate.windows import windows
from shared import audit, clock
from shared.config import Settings
from shared.documents.port import Documents
from shared.rollups.buckets import slice_of
from shared.services import Services

RULE = rules.RULE
"""The rule that alerts on pickup rates are of."""


@dataclass(frozen=True, slots=True)
class Rates:
    """A scope's rates in a window: the verdict, the lines that people read, and the facts for machines."""

    scope: str
    verdict: str
    lines: tuple[str, ...]
    facts: dict[str, Any]
    lookback_seconds: int
    lacking_since: datetime | None
    """Calls that came in since then may be missing."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The alert rule of a scope: all values, inherited ones included, and its `own`."""

    scope: str
    numbers: dict[str, Any]
    own: dict[str, Any]


async def rates(
    documents: Documents,
    settings: Settings,
    by: Actor,
    scope: str,
    *,
    lookback_seconds: int | None = None,
    at: datetime | None = None,
    exact: bool = False,
) -> Rates:
    """Return a scope's rates in the window that ends `at` (default: now). Stores nothing and tells nobody.

    From roll-ups: the window ends at the last 5-minute edge, a lookback is rounded up to whole 5 minutes, and calls
    that aren't rolled up yet are missing, as `lacking_since` says. `exact` counts the calls themselves, to the instant.
    Raises UsageError (``window_not_rolled_up``) for a window that is too long or too old for roll-ups.
    """
    by.require("reader", scope_of(scope))
    rule = (await rules.read(documents, settings)).of(rules.checked_scope(scope))
    end = at or clock.now()
    if lookback_seconds is not None:
        seconds = lookback_seconds if exact else rules.whole_slices(lookback_seconds)
        rule = rule.model_copy(update={"lookback_seconds": seconds})
    if exact:
        window, lacking = (await windows(reading.counted, documents, {scope: rule}, end))[scope], None
    else:
        lacking = await lacking_since(documents)
        window = (await windows(adding_up.counted, documents, {scope: rule}, slice_of(end)))[scope]
    found = evaluation.judged(window, rule)
    lines = tuple(texts.table(window, rule, found))
    return Rates(scope, found.verdict, lines, evaluation.facts_of(window, rule, found), rule.lookback_seconds, lacking)


async def evaluate(services: Services, by: Actor) -> dict[str, str]:
    """Evaluate every scope that is due, and tell whom it concerns, as the timer does; return the verdicts by scope."""
    by.require("operator")
    return await evaluate_due(services, clock.now())


async def numbers(documents: Documents, settings: Settings, by: Actor, *, scope: str | None = None) -> Page[Numbers]:
    """Return the alert rule of every scope, or of one. Raises UsageError for what is no scope."""
    by.require("reader", scope_of(scope or rules.GLOBAL))
    found = await rules.read(documents, settings)
    wanted = [rules.checked_scope(scope)] if scope else sorted({rules.GLOBAL, *found.scopes})
    return page(
        Numbers(
            one,
            found.of(one).model_dump(),
            found.scopes[one].model_dump(exclude_none=True) if one in found.scopes else {},
        )
        for one in wanted
    )


async def set_numbers(
    documents: Documents, by: Actor, scope: str, said: dict[str, Any], *, expected: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Change some of a scope's numbers (None: inherit again); return its own. A value that can't be changes nothing.

    Raises Refused when the scope's own aren't the `expected` ones any more.
    """
    by.require("admin", scope_of(scope))
    before, after = await rules.exchange(documents, scope, said, by=by.name, expected=expected)
    own = after.model_dump(exclude_none=True)
    change = audit.difference(before.model_dump(exclude_none=True), own)
    await audit.write(documents, "set pickup-rate", by=by.name, of=scope, **change)
    return own


def scope_of(scope: str) -> str:
    """Return the scope that an actor needs for a scope of pickup rates."""
    return EVERYTHING if scope == rules.GLOBAL else scope
