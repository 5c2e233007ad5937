"""Windows: the counts of scopes over their lookbacks, and over as long before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from processors.pickup_rate.evaluation import Window
from processors.pickup_rate.reading import Reader, Wanted
from processors.pickup_rate.rules import Rule
from shared.documents.port import Documents
from shared.measures import Period


async def windows(read: Reader, documents: Documents, due: Mapping[str, Rule], end: datetime) -> dict[str, Window]:
    """Return each scope's counts over [end − lookback, end), and over as long before, as `read` counts them."""
    wanted = {scope: _wanted(scope, rule, end) for scope, rule in due.items()}
    found = await read(documents, [one for pair in wanted.values() for one in pair])
    return {
        scope: Window(
            scope, last.period.begin, end, found.tallies[last], found.tallies[previous], undated=found.undated
        )
        for scope, (last, previous) in wanted.items()
    }


def _wanted(scope: str, rule: Rule, end: datetime) -> tuple[Wanted, Wanted]:
    last = Wanted(scope, Period(end - rule.lookback, end), rule.include_tests, rule.include_inbound)
    return last, replace(last, period=last.period.before)
