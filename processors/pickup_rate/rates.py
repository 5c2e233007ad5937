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
        n, p, z2 = self.total, self.picked / self.total, Z_95**2
        spread = Z_95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return 100 * (p + z2 / (2 * n) + spread) / (1 + z2 / n)


@dataclass(slots=True)
class Tally:
    """The counts of one scope in one window."""

    finished: int = 0
    no_answer: int = 0
    dialled: int = 0
    answered: int = 0
    voicemail: int = 0
    left_out: int = 0
    """Tests and inbound calls, where they aren't wanted."""
    leads: dict[str, int] = field(default_factory=dict)
    """Per lead its FINISHED attempts less its FINISHED NO_ANSWER ones; -1 while none is FINISHED."""
    merchants: dict[str, list[int]] = field(default_factory=dict)
    """Per merchant: finished, no answer."""

    def add(self, call: Mapping[str, Any], *, tests: bool, inbound: bool) -> None:
        """Count one call."""
        if (not inbound and call.get("direction") == "INBOUND") or (not tests and call.get("executionMode") in _TESTS):
            self.left_out += 1
            return
        outcome = call.get("outcome")
        lead = call.get("requestId")
        key = f"r{lead}" if lead is not None else f"c{call['id']}"
        connection = call.get("connectionStatus")
        if connection is not None and connection not in _NOT_DIALLED:
            self.dialled += 1
            if connection == "ANSWERED":
                self.answered += 1
                self.voicemail += outcome == "VOICEMAIL"
        if call["status"] != "FINISHED":
            self.leads.setdefault(key, -1)
            return
        unpicked = outcome == "NO_ANSWER"
        self.finished += 1
        self.no_answer += unpicked
        self.leads[key] = max(self.leads.get(key, 0), 0) + (not unpicked)
        merchant = self.merchants.setdefault(call["merchantId"], [0, 0])
        merchant[0] += 1
        merchant[1] += unpicked

    @property
    def calls(self) -> Rate:
        """The call rate."""
        return Rate(self.finished - self.no_answer, self.finished)

    @property
    def leads_rate(self) -> Rate:
        """The lead rate."""
        counted = [picked for picked in self.leads.values() if picked >= 0]
        return Rate(sum(picked > 0 for picked in counted), len(counted))

    @property
    def unfinished_leads(self) -> int:
        """Leads none of whose attempts is FINISHED."""
        return sum(picked < 0 for picked in self.leads.values())

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
