"""The alert's asking: the windows of its scopes through the measures, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from processors.pickup_rate.evaluation import Window
from processors.pickup_rate.measures import MEASURES
from processors.pickup_rate.rates import Rate
from processors.pickup_rate.rules import Rule
from shared import measures
from shared.measures import Ask, Measured, Period, Reading
from shared.services import Services


@dataclass(frozen=True, slots=True)
class _Read:
    """The counts of a scope in a window, from the readings of the call, lead and connection rate. See Counts."""

    call: Reading
    lead: Reading
    connection: Reading

    @property
    def calls(self) -> Rate:
        return _rate(self.call)

    @property
    def leads_rate(self) -> Rate:
        return _rate(self.lead)

    @property
    def connected(self) -> Rate:
        return _rate(self.connection)

    @property
    def human(self) -> Rate:
        return _rate_of(self.connection.facts["human"])

    @property
    def unfinished_leads(self) -> int:
        return int(self.lead.facts["unfinishedLeads"])

    @property
    def left_out(self) -> int:
        return int(self.call.facts["leftOut"])

    @property
    def undated(self) -> int:
        return int(self.call.facts["undated"])

    def worst(self) -> list[tuple[str, Rate]]:
        return [(one["merchant"], _rate_of(one)) for one in self.call.facts["worst"]]


async def windows(services: Services, due: Mapping[str, Rule], now: datetime) -> dict[str, Window]:
    """Return each scope's counts over [now − lookback, now), and over as long before."""
    asks = [ask for scope, rule in due.items() for ask in _asks(scope, rule, now)]
    readings = iter(await measures.read(services, asks))
    found = {}
    for scope, rule in due.items():
        last, before = (_Read(next(readings), next(readings), next(readings)) for _ in range(2))
        found[scope] = Window(scope, now - rule.lookback, now, last, before, last.undated)
    return found


def _asks(scope: str, rule: Rule, now: datetime) -> list[Ask]:
    """Return the asks of a scope: its three rates in the window, then in the one before it."""
    window = Period(now - rule.lookback, now)
    options = {"tests": rule.include_tests, "inbound": rule.include_inbound}
    return [Ask(measure, scope, one, options) for one in (window, window.before) for measure in MEASURES]


def _rate(reading: Reading) -> Rate:
    return _rate_of(reading.counts) if isinstance(reading, Measured) else Rate(0, 0)


def _rate_of(counts: Mapping[str, Any]) -> Rate:
    return Rate(counts["picked"], counts["total"])
