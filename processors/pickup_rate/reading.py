"""Reader of calls: one streamed projection for all that is asked for, each call counted where it belongs.

It reads every call of the windows. Windows are added up from roll-ups instead (adding_up.py), with the same counts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from processors.pickup_rate.evaluation import Counts
from processors.pickup_rate.rates import FIELDS, Tally
from processors.pickup_rate.rules import GLOBAL
from shared import clock
from shared.documents.containers import CALLS
from shared.documents.port import Condition, Documents
from shared.measures import Period


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls are to be counted: a scope's that began in a period; tests and inbound calls, where they count."""

    scope: str
    period: Period
    tests: bool = False
    inbound: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of each thing wanted, and how many rows of the store have no initiatedAt."""

    tallies: Mapping[Wanted, Counts]
    undated: int


Reader = Callable[[Documents, Iterable[Wanted]], Awaitable[Counted]]
"""Returns the counts of all that is wanted (one thing at least)."""


class _Counting:
    """What is wanted while its calls are read: its period as texts."""

    __slots__ = ("begin", "end", "inbound", "tally", "tests")

    def __init__(self, wanted: Wanted) -> None:
        self.begin, self.end = clock.to_text(wanted.period.begin), clock.to_text(wanted.period.end)
        self.tests, self.inbound = wanted.tests, wanted.inbound
        self.tally = Tally()


async def counted(documents: Documents, wanted: Iterable[Wanted]) -> Counted:
    """Return the counts of all that is wanted (one thing at least), from one pass. Memory grows with leads only."""
    counting = {one: _Counting(one) for one in wanted}
    by_scope: dict[str, list[_Counting]] = {}
    for one, its in counting.items():
        by_scope.setdefault(one.scope, []).append(its)
    whole = by_scope.pop(GLOBAL, [])
    earliest, latest = min(one.begin for one in counting.values()), max(one.end for one in counting.values())
    # In the index's own order: so no store sorts a million calls for each page.
    where: list[Condition] = [("initiatedAt", ">=", earliest), ("initiatedAt", "<", latest)]
    query = documents.query(CALLS, where=where, order_by="initiatedAt", select=FIELDS)
    async for document in query:
        call = document.body
        if whole:
            _count(whole, call)
        if by_scope:
            for scope in _scopes_of(call):
                if scope in by_scope:
                    _count(by_scope[scope], call)
    return Counted({one: its.tally for one, its in counting.items()}, await undated(documents))


async def undated(documents: Documents) -> int:
    """Return how many calls don't say when they began: they are in no window."""
    return await documents.count(CALLS, where=[("initiatedAt", "exists", False)])


def _scopes_of(call: Mapping[str, Any]) -> Iterator[str]:
    yield f"merchant:{call['merchantId']}"
    if call.get("resellerId") is not None:
        yield f"reseller:{call['resellerId']}"


def _count(counting: list[_Counting], call: Mapping[str, Any]) -> None:
    at = call["initiatedAt"]
    for one in counting:
        if one.begin <= at < one.end:
            one.tally.add(call, tests=one.tests, inbound=one.inbound)
