"""Sliding windows: the counts of many windows of one length, from one reading of the rows of their whole span.

Rows of the largest tier are read on whose edges all windows begin and end. Calls are sums; of leads a window counts the
links whose slice is in it and whose previous one lies before it (chains.py), so those that come in and go out are
counted while both edges move on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from processors.pickup_rate import chains, rollups
from processors.pickup_rate.adding_up import on_edges
from processors.pickup_rate.chains import LONGEST, Way
from processors.pickup_rate.reading import Wanted
from processors.pickup_rate.rollups import TIERS
from processors.pickup_rate.sums import Total
from shared import clock
from shared.documents.port import Documents
from shared.errors import UsageError
from shared.measures import Period
from shared.rollups.buckets import Bucket, Tier, start_of

GONE = f"roll-ups of calls reach {rollups.RECOMPUTED.days} days back"
"""Why a window isn't counted."""
_WAYS: tuple[Way, ...] = ("any", "finished", "picked")
_SECONDS = {"leaf": 300, "hour": 3600, "day": 86_400}
_NOTHING = (0, 0, 0, 0, 0, 0)


@dataclass(slots=True)
class _Rows:
    """What is needed of a scope's rows of one tier, by number of the bucket from 1970 on."""

    calls: dict[int, list[int]] = field(default_factory=dict)
    """Finished, no answer, dialled, answered, voicemail; and what is left out."""
    links: dict[int, list[tuple[int, tuple[int, ...]]]] = field(default_factory=dict)
    """Of each bucket: the number of the previous one, with how many leads that stands for in each way."""


async def counted(documents: Documents, wanted: Iterable[Wanted]) -> dict[Wanted, Total]:
    """Return the counts of all that is wanted, without merchants. What began too long ago isn't there.

    The windows of a scope are read together, whatever their lengths. Raises UsageError (``window_not_rolled_up``) for
    one that is too long.
    """
    oldest = clock.now() - rollups.RECOMPUTED
    groups: dict[tuple[str, bool, bool], list[tuple[Period, Wanted]]] = defaultdict(list)
    for one in wanted:
        period = on_edges(one.period)
        if period.end - period.begin > LONGEST:
            days = (period.end - period.begin).days
            text = f"The window has {days} days; up to {LONGEST.days} are rolled up."
            raise UsageError(text, code="window_not_rolled_up")
        if period.begin >= oldest:
            groups[one.scope, one.tests, one.inbound].append((period, one))
    found: dict[Wanted, Total] = {}
    for (scope, tests, inbound), its in groups.items():
        tier = _tier([period for period, _ in its])
        rows = await _read(documents, scope, tier, [period for period, _ in its], tests=tests, inbound=inbound)
        totals = _slid(rows, [(_number(tier, period.begin), _number(tier, period.end)) for period, _ in its])
        found.update({one: total for (_, one), total in zip(its, totals, strict=True)})
    return found


def _tier(periods: Sequence[Period]) -> Tier:
    """Return the largest tier on whose edges all periods begin and end."""
    edges = {edge for period in periods for edge in (period.begin, period.end)}
    return next(tier for tier in reversed(TIERS) if all(start_of(tier, edge) == edge for edge in edges))


async def _read(
    documents: Documents, scope: str, tier: Tier, periods: Sequence[Period], *, tests: bool, inbound: bool
) -> _Rows:
    begin, end = min(period.begin for period in periods), max(period.end for period in periods)
    ways = [chains.way(name, tests=tests, inbound=inbound) for name in _WAYS]
    slices = _SECONDS[tier] // _SECONDS["leaf"]
    rows = _Rows()
    async for bucket, row in rollups.written(documents, scope, Bucket(tier, begin), end):
        number = _number(tier, bucket.start)
        rows.calls[number] = _calls(row["classes"], tests=tests, inbound=inbound)
        of_previous: dict[int, list[int]] = {}
        for (before, is_of), count in chains.read(row["links"], chains.number_of(bucket.start)).items():
            leads = of_previous.setdefault(before // slices, [0, 0, 0])
            for place, way in enumerate(ways):
                leads[place] += count if is_of & way else 0
        rows.links[number] = [(previous, tuple(leads)) for previous, leads in of_previous.items() if any(leads)]
    return rows


def _calls(classes: Mapping[str, Any], *, tests: bool, inbound: bool) -> list[int]:
    found = [0] * len(_NOTHING)
    for name, (counts, _) in classes.items():
        if chains.is_wanted(int(name), tests=tests, inbound=inbound):
            for place in range(len(_NOTHING) - 1):
                found[place] += counts[place]
        else:
            found[-1] += counts[-1]
    return found


def _slid(rows: _Rows, windows: Sequence[tuple[int, int]]) -> list[Total]:
    """Return the counts of windows from one bucket up to another, in their order."""
    by_length: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, (begin, end) in enumerate(windows):
        by_length[end - begin].append((begin, place))
    found: dict[int, Total] = {}
    for length, its in by_length.items():
        window = _Window(rows, min(its)[0])
        for begin, place in sorted(its):
            found[place] = window.moved(begin, begin + length)
    return [found[place] for place in range(len(windows))]


class _Window:
    """A window whose edges only move on."""

    def __init__(self, rows: _Rows, begin: int) -> None:
        self._rows = rows
        self._begin = self._end = begin
        self._calls = list(_NOTHING)
        self._leads = [0] * len(_WAYS)
        self._after: dict[int, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
        """By a previous bucket: the buckets of the window that have it, with their leads."""

    def moved(self, begin: int, end: int) -> Total:
        """Move both edges on, and return what is between them."""
        while self._end < end:
            self._come_in(self._end)
            self._end += 1
        while self._begin < begin:
            self._go_out(self._begin)
            self._begin += 1
        finished, no_answer, dialled, answered, voicemail, left_out = self._calls
        of_any, with_finished, picked = self._leads
        return Total(
            finished, no_answer, dialled, answered, voicemail, left_out=left_out, finished_leads=with_finished,
            picked_leads=picked, unfinished_leads=of_any - with_finished,
        )  # fmt: skip

    def _come_in(self, number: int) -> None:
        _add(self._calls, self._rows.calls.get(number, _NOTHING), 1)
        for previous, leads in self._rows.links.get(number, ()):
            if previous < self._begin:
                _add(self._leads, leads, 1)
            else:
                self._after[previous].append((number, leads))

    def _go_out(self, number: int) -> None:
        _add(self._calls, self._rows.calls.get(number, _NOTHING), -1)
        for _, leads in self._rows.links.get(number, ()):
            _add(self._leads, leads, -1)  # all that is before it is out already: each of them counted
        for _, leads in self._after.pop(number, ()):
            _add(self._leads, leads, 1)


def _add(to: list[int], what: Sequence[int], sign: int) -> None:
    for place, count in enumerate(what):
        to[place] += sign * count


def _number(tier: Tier, at: datetime) -> int:
    return int(at.timestamp()) // _SECONDS[tier]
