"""Checks of alert rules: is there all that a rule speaks of, and may whoever says it read that?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.actor import EVERYTHING, Actor
from processors.alerts import judging
from processors.alerts import rule as rules
from processors.alerts.condition import Condition
from processors.alerts.rule import Definition
from processors.catalogue import measures
from shared import clock
from shared.alerts.channels import registry
from shared.errors import NightshiftError, Unavailable, UsageError
from shared.measures import read
from shared.services import Services
from shared.suggestion import did_you_mean

_MEMBER_OF = {
    "measure_unknown": "condition.measure",
    "scope_invalid": "condition.scope",
    "measure_option_invalid": "condition.options",
    "range_invalid": "condition.windowSeconds",
    "window_not_rolled_up": "condition.windowSeconds",
}
"""The member that an error of reading a measure speaks of, by its code."""
_is_id = re.compile(r"[A-Za-z0-9._-]{1,100}").fullmatch


async def checked(
    services: Services, by: Actor, said: Mapping[str, Any], before: Definition | None = None
) -> Definition:
    """Return a definition whose measures, scope, options and channels there are.

    What stood `before` isn't looked at again: a rule whose measure or channel is no more can still be made inactive.
    Raises UsageError that names the member, NotAllowed when the actor may not read what it watches.
    """
    definition = rules.checked(dict(said))
    by.require("reader", _watched(definition))
    known = registry.needs()
    for channel in definition.channels:
        if channel not in known and (before is None or channel not in before.channels):
            meant = did_you_mean(channel, known)
            raise UsageError(
                f"channels: there is no channel {channel!r}.{meant} Known are: {', '.join(known)}. Nothing was stored.",
                code="channel_unknown", fields={"field": "channels"},
            )  # fmt: skip
    if before is None or definition.condition != before.condition:
        await _check_condition(services, definition.condition)
    return definition


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule can name: measures with what each says, and channels."""

    measures: Mapping[str, str]
    channels: tuple[str, ...]


def known(services: Services) -> Known:
    """Return what a rule can name."""
    return Known({one.name: one.about for one in measures(services.settings)}, tuple(registry.needs()))


def checked_id(id: str) -> str:
    """Return an id that a rule can have. Raises UsageError."""
    if not _is_id(id):
        text = f"The id of a rule can't be {id!r}: it takes 1 to 100 letters, digits and - _ . Nothing was stored."
        raise UsageError(text, code="rule_invalid", fields={"field": "id"})
    return id


async def _check_condition(services: Services, condition: Condition) -> None:
    try:  # only whoever reads it knows which scopes and options a measure has
        await read(services, judging.asks_of(condition, measures(services.settings), clock.now()))
    except UsageError as error:
        member = _MEMBER_OF.get(error.code, "condition")
        if error.code == "measure_unknown" and condition.ratio is not None:
            member = "condition.ratio"
        text = f"{member}: {error} Nothing was stored."
        raise UsageError(text, code=error.code, fields={"field": member}) from None
    except Unavailable:
        raise
    except NightshiftError:
        pass  # it can't be read just now: the rule will say so


def _watched(definition: Definition) -> str:
    """Return the scope that an actor needs to read what a rule watches."""
    kind, _, name = definition.condition.scope.partition(":")
    if kind == "project":
        return f"org:{name.partition('/')[0]}"
    return definition.condition.scope if name else EVERYTHING
