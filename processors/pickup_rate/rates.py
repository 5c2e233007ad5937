"""Pickup rates: how often are calls picked up? Pure counting; every rate keeps its counts, and nothing is rounded here.

- call rate: picked ÷ attempted; attempted are FINISHED calls, picked those of them without NO_ANSWER;
- lead rate: a lead is all attempts with one requestId (a call without one is its own lead). It counts once any attempt
  is FINISHED, and is picked when its FINISHED attempts outnumber its FINISHED NO_ANSWER ones;
- by connection: dialled are those neither NOT_DIALED nor REJECTED (nor untold), picked up those ANSWERED; by a human
  those of them without VOICEMAIL.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Z_95 = 1.959963984540054
_NOT_DIALLED = frozenset({"NOT_DIALED", "REJECTED"})
_TESTS = frozenset({"TELEPHONY_TEST", "DAILY_TEST"})
FIELDS = (
    "id", "merchantId", "resellerId", "requestId", "status", "outcome", "connectionStatus", "executionMode",
    "direction", "initiatedAt",
)  # fmt: skip
"""What is read of a call."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    picked: int
    total: int

    @property
    def percent(self) -> float | None:
        """The rate, unrounded; None of nothing."""
        return 100 * self.picked / self.total if self.total else None

    @property
    def fact(self) -> dict[str, Any]:
        """The rate as documents and answers have it."""
        return {"percent": self.percent, "picked": self.picked, "total": self.total}

    @property
    def upper(self) -> float | None:
        """The upper bound of the rate's 95 % confidence interval (E. B. Wilson, 1927), in percent; None of nothing."""
        if not self.total:
            return None
        if self.picked == self.total:
            return 100.0  # by the formula too, but for its rounding: no rate may stay below a threshold of 100 for ever
        middle, spread = self._interval()
        return middle + spread

    @property
    def lower(self) -> float | None:
        """The lower bound of that interval, in percent; None of nothing."""
        if not self.total:
            return None
        if not self.picked:
            return 0.0
        middle, spread = self._interval()
        return middle - spread

    def _interval(self) -> tuple[float, float]:
        n, p, z2 = self.total, self.picked / self.total, Z_95**2
        spread = Z_95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return 100 * (p + z2 / (2 * n)) / (1 + z2 / n), 100 * spread / (1 + z2 / n)


@dataclass(slots=True)
class CallCounts:
    """What calls add up to one by one, whichever leads they belong to."""

    finished: int = 0
    no_answer: int = 0
    dialled: int = 0
    answered: int = 0
    voicemail: int = 0
    merchants: dict[str, list[int]] = field(default_factory=dict)
    """Per merchant: finished, no answer."""

    def count(self, call: Mapping[str, Any]) -> None:
        """Count one call."""
        outcome, connection = call.get("outcome"), call.get("connectionStatus")
        if connection is not None and connection not in _NOT_DIALLED:
            self.dialled += 1
            if connection == "ANSWERED":
                self.answered += 1
                self.voicemail += outcome == "VOICEMAIL"
        if call["status"] == "FINISHED":
            unpicked = outcome == "NO_ANSWER"
            self.finished += 1
            self.no_answer += unpicked
            merchant = self.merchants.setdefault(call["merchantId"], [0, 0])
            merchant[0] += 1
            merchant[1] += unpicked

    def include(self, other: CallCounts) -> None:
        """Count what others add up to, too."""
        self.finished += other.finished
        self.no_answer += other.no_answer
        self.dialled += other.dialled
        self.answered += other.answered
        self.voicemail += other.voicemail
        for name, (finished, unpicked) in other.merchants.items():
            merchant = self.merchants.setdefault(name, [0, 0])
            merchant[0] += finished
            merchant[1] += unpicked

    @property
    def calls(self) -> Rate:
        """The call rate."""
        return Rate(self.finished - self.no_answer, self.finished)

    @property
    def connected(self) -> Rate:
        """The rate by connection."""
        return Rate(self.answered, self.dialled)

    @property
    def human(self) -> Rate:
        """The rate by connection, voicemail not counted as picked up."""
        return Rate(self.answered - self.voicemail, self.dialled)

    def worst(self) -> list[tuple[str, Rate]]:
        """Return the five merchants with the lowest call rates, the one with the most calls first among equals."""
        rates = [(merchant, Rate(n - unpicked, n)) for merchant, (n, unpicked) in self.merchants.items()]
        return sorted(rates, key=lambda one: (one[1].percent or 0.0, -one[1].total, one[0]))[:5]


@dataclass(slots=True)
class Tally(CallCounts):
    """The counts of one scope in one window, call by call."""

    left_out: int = 0
    """Tests and inbound calls, where they aren't wanted."""
    leads: dict[str, int] = field(default_factory=dict)
    """Per lead its FINISHED attempts less its FINISHED NO_ANSWER ones; -1 while none is FINISHED."""

    def add(self, call: Mapping[str, Any], *, tests: bool, inbound: bool) -> None:
        """Count one call."""
        if (not inbound and is_inbound(call)) or (not tests and is_test(call)):
            self.left_out += 1
            return
        self.count(call)
        lead = call.get("requestId")
        key = f"r{lead}" if lead is not None else f"c{call['id']}"
        if call["status"] != "FINISHED":
            self.leads.setdefault(key, -1)
        else:
            self.leads[key] = max(self.leads.get(key, 0), 0) + is_picked(call)

    @property
    def leads_rate(self) -> Rate:
        """The lead rate."""
        counted = [picked for picked in self.leads.values() if picked >= 0]
        return Rate(sum(picked > 0 for picked in counted), len(counted))

    @property
    def unfinished_leads(self) -> int:
        """Leads none of whose attempts is FINISHED."""
        return sum(picked < 0 for picked in self.leads.values())


def is_inbound(call: Mapping[str, Any]) -> bool:
    """Return whether somebody called us."""
    return call.get("direction") == "INBOUND"


def is_test(call: Mapping[str, Any]) -> bool:
    """Return whether a call was made to try something out."""
    return call.get("executionMode") in _TESTS


def is_picked(call: Mapping[str, Any]) -> bool:
    """Return whether a call is FINISHED, and not by NO_ANSWER."""
    return call["status"] == "FINISHED" and call.get("outcome") != "NO_ANSWER"
