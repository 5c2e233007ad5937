"""Reader of calls: one streamed projection for all due scopes, each call counted where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from processors.pickup_rate.evaluation import Window
from processors.pickup_rate.rates import FIELDS, Tally
from processors.pickup_rate.rules import GLOBAL, Rule
from shared import clock
from shared.documents.containers import CALLS
from shared.documents.port import Condition, Documents


class _Counting:
    """A scope while its calls are read: its half-open window and the one before it, as texts."""

    __slots__ = ("before", "begin", "inbound", "now", "previous", "tests")

    def __init__(self, rule: Rule, now: datetime) -> None:
        self.begin = clock.to_text(now - rule.lookback)
        self.previous = clock.to_text(now - 2 * rule.lookback)
        self.tests, self.inbound = rule.include_tests, rule.include_inbound
        self.now, self.before = Tally(), Tally()


async def windows(documents: Documents, due: Mapping[str, Rule], now: datetime) -> dict[str, Window]:
    """Return each scope's counts over [now − lookback, now), and over as long before. Memory grows with leads only."""
    counting = {scope: _Counting(rule, now) for scope, rule in due.items()}
    earliest = min(one.previous for one in counting.values())
    whole = counting.get(GLOBAL)
    some = any(scope != GLOBAL for scope in counting)
    # In the index's own order: so no store sorts a million calls for each page.
    where: list[Condition] = [("initiatedAt", ">=", earliest), ("initiatedAt", "<", clock.to_text(now))]
    query = documents.query(CALLS, where=where, order_by="initiatedAt", select=FIELDS)
    async for document in query:
        call = document.body
        at = call["initiatedAt"]
        if whole is not None:
            _count(whole, call, at)
        if some:
            for scope in (f"merchant:{call['merchantId']}", f"reseller:{call.get('resellerId')}"):
                if scope in counting:
                    _count(counting[scope], call, at)
    undated = await documents.count(CALLS, where=[("initiatedAt", "exists", False)])
    return {
        scope: Window(scope, now - due[scope].lookback, now, one.now, one.before, undated)
        for scope, one in counting.items()
    }


def _count(one: _Counting, call: Mapping[str, object], at: str) -> None:
    if at >= one.begin:
        one.now.add(call, tests=one.tests, inbound=one.inbound)
    elif at >= one.previous:
        one.before.add(call, tests=one.tests, inbound=one.inbound)
