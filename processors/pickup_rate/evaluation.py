"""Evaluation: do a scope's rates breach its rule? Pure. No data, too little, and a failure to read are three things."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from processors.pickup_rate.rates import Rate
from processors.pickup_rate.rules import Rule
from shared import clock
from shared.alerts.machine import Verdict, clears_at


class Counts(Protocol):
    """What an evaluation needs of a scope's calls in a window: a Tally has it, and so have the readings of measures."""

    @property
    def calls(self) -> Rate:
        """The call rate."""

    @property
    def leads_rate(self) -> Rate:
        """The lead rate."""

    @property
    def connected(self) -> Rate:
        """The rate by connection."""

    @property
    def human(self) -> Rate:
        """The rate by connection, voicemail not counted as picked up."""

    @property
    def unfinished_leads(self) -> int:
        """Leads none of whose attempts is FINISHED."""

    @property
    def left_out(self) -> int:
        """Tests and inbound calls, where they aren't wanted."""

    def worst(self) -> list[tuple[str, Rate]]:
        """Return the merchants with the lowest call rates."""


@dataclass(frozen=True, slots=True)
class Window:
    """A scope's counts in a window, and in the one before it; `undated` rows have no initiatedAt."""

    scope: str
    begin: datetime
    end: datetime
    tally: Counts
    before: Counts
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """What a window's rates come to: the verdict, why, and which rates breach."""

    verdict: Verdict
    reason: str
    breached: tuple[str, ...]


def judged(window: Window, rule: Rule) -> Judged:
    """Return the verdict on a window."""
    return judged_by(window.tally, rule)


def judged_by(tally: Counts, rule: Rule) -> Judged:
    """Return the verdict on a window's counts. With BOTH either rate breaches, and both have to clear."""
    rates = rates_of(tally, rule)
    if not any(rate.total for rate in rates.values()):
        return Judged("no_data", "no finished calls in the window", ())
    enough = {name: rate for name, rate in rates.items() if rate.total >= rule.minimum_sample}
    if not enough:
        least = max(rate.total for rate in rates.values())
        return Judged("no_data", f"too few calls: {least}, and {rule.minimum_sample} are needed", ())
    breached = tuple(name for name, rate in enough.items() if _breaches(rate, rule))
    if breached:
        return Judged("breach", f"{' and '.join(breached)} below {rule.threshold:g} %", breached)
    clear = clears_at(rule.threshold, rule.margin, breach="below")
    clears = all((rate.percent or 0.0) >= clear for rate in enough.values())
    return Judged("clear" if clears else "pass", "at or above the threshold", ())


def rates_of(tally: Counts, rule: Rule) -> dict[str, Rate]:
    """Return the rates that a rule judges, by name."""
    if rule.definition == "connection":
        return {"pickup rate": tally.connected}
    both = {"call rate": tally.calls, "lead rate": tally.leads_rate}
    wanted = {"CALL_BASED": ("call rate",), "LEAD_BASED": ("lead rate",), "BOTH": tuple(both)}[rule.alert_type]
    return {name: both[name] for name in wanted}


def compared(tally: Counts, rule: Rule) -> float | None:
    """Return what is compared with the threshold, in percent; of several rates the lowest. None: none has enough."""
    rates = [rate for rate in rates_of(tally, rule).values() if rate.total >= rule.minimum_sample]
    return min((found for rate in rates if (found := _measured(rate, rule)) is not None), default=None)


def lowest(tally: Counts, rule: Rule) -> Rate | None:
    """Return the rate that decides: of those with enough calls the lowest; None when none has enough."""
    rates = [rate for rate in rates_of(tally, rule).values() if rate.total >= rule.minimum_sample and rate.total]
    return min(rates, key=lambda rate: rate.percent or 0.0, default=None)


def facts_of(window: Window, rule: Rule, found: Judged) -> dict[str, Any]:
    """Return an evaluation for machines: unrounded."""
    return {
        "scope": window.scope,
        "window": {"from": clock.to_text(window.begin), "to": clock.to_text(window.end)},
        "verdict": found.verdict,
        "reason": found.reason,
        "threshold": rule.threshold,
        "evaluation": rule.evaluation,
        "intervalSeconds": rule.interval_seconds,
        "callRate": window.tally.calls.fact,
        "leadRate": window.tally.leads_rate.fact,
        "connectionRate": window.tally.connected.fact,
        "humanRate": window.tally.human.fact,
        "unfinishedLeads": window.tally.unfinished_leads,
        "leftOut": window.tally.left_out,
        "undated": window.undated,
        "before": {"callRate": window.before.calls.fact, "leadRate": window.before.leads_rate.fact},
        "worst": [{"merchant": merchant, **rate.fact} for merchant, rate in window.tally.worst()],
    }


def _breaches(rate: Rate, rule: Rule) -> bool:
    measured = _measured(rate, rule)
    return measured is not None and measured < rule.threshold


def _measured(rate: Rate, rule: Rule) -> float | None:
    return rate.upper if rule.evaluation == "wilson" else rate.percent
