"""The measures of outbound calls: call, lead and connection rate of a scope in a window.

Scopes are those of the rules. Options: `tests` and `inbound`, whether such calls count too (default: they don't).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from processors.pickup_rate import adding_up, freshness, rules, sliding
from processors.pickup_rate.evaluation import Counts
from processors.pickup_rate.rates import Rate
from processors.pickup_rate.reading import Wanted
from shared.errors import UsageError
from shared.measures import Ask, Gone, Measure, Measured, NoData, Past, Reading
from shared.services import Services

PERCENT = "%"


class Options(BaseModel):
    """Which calls count beside outbound ones that are no tests."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    tests: bool = False
    inbound: bool = False


async def read(services: Services, asks: Sequence[Ask]) -> list[Reading]:
    """Return the rates that are asked for, from roll-ups, once what is marked is in them.

    Windows have 5-minute edges: others are moved back to those. Raises UsageError for what is no scope, for an
    option that it doesn't know, and for a window that isn't rolled up.
    """
    wanted = [_wanted(ask) for ask in asks]
    await freshness.catch_up(services.documents)
    found = await adding_up.counted(services.documents, wanted)
    return [_read(ask.measure.name, found.tallies[one], found.undated) for ask, one in zip(asks, wanted, strict=True)]


async def history(services: Services, asks: Sequence[Ask]) -> list[Past]:
    """Return the rates of many windows, without facts. See Historian."""
    wanted = [_wanted(ask) for ask in asks]
    await freshness.catch_up(services.documents)
    found = await sliding.counted(services.documents, wanted)
    return [
        replace(_read(ask.measure.name, found[one], 0), facts={}) if one in found else Gone(sliding.GONE)
        for ask, one in zip(asks, wanted, strict=True)
    ]


CALL_RATE = Measure("pickup_call_rate", PERCENT, "finished calls that were picked up", read, history)
LEAD_RATE = Measure("pickup_lead_rate", PERCENT, "leads with a finished attempt that were picked up", read, history)
CONNECTION_RATE = Measure("pickup_connection_rate", PERCENT, "dialled calls that were answered", read, history)
MEASURES = (CALL_RATE, LEAD_RATE, CONNECTION_RATE)


def _wanted(ask: Ask) -> Wanted:
    try:
        options = Options.model_validate(dict(ask.options))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        known = ", ".join(Options.model_fields)
        what = f"Option {'.'.join(map(str, first['loc']))} of {ask.measure.name} can't be {first['input']!r}"
        text = f"{what}: {first['msg']}. Known are: {known}."
        raise UsageError(text, code="measure_option_invalid") from None
    return Wanted(rules.checked_scope(ask.scope), ask.window, options.tests, options.inbound)


def _read(name: str, tally: Counts, undated: int) -> Reading:
    rate, nothing, more = _PARTS[name](tally)
    facts = {"leftOut": tally.left_out, "undated": undated, **more}
    if rate.percent is None:
        return NoData(nothing, facts)
    return Measured(rate.percent, PERCENT, rate.total, {"picked": rate.picked, "total": rate.total}, facts)


def _of_calls(tally: Counts) -> tuple[Rate, str, dict[str, Any]]:
    worst = [{"merchant": merchant, **rate.fact} for merchant, rate in tally.worst()]
    return tally.calls, "no finished calls", {"worst": worst}


def _of_leads(tally: Counts) -> tuple[Rate, str, dict[str, Any]]:
    return tally.leads_rate, "no leads with a finished attempt", {"unfinishedLeads": tally.unfinished_leads}


def _of_connections(tally: Counts) -> tuple[Rate, str, dict[str, Any]]:
    return tally.connected, "no dialled calls", {"human": tally.human.fact}


_PARTS: dict[str, Callable[[Counts], tuple[Rate, str, dict[str, Any]]]] = {
    CALL_RATE.name: _of_calls,
    LEAD_RATE.name: _of_leads,
    CONNECTION_RATE.name: _of_connections,
}
"""By a measure's name: its rate, why there is none of nothing, and its own facts."""
