"""Chains: how can leads be counted once in any window, when only sums of 5-minute slices are kept? Pure.

A lead's attempts that count in one way (such as: the FINISHED ones) make a chain of the slices that they lie in. Each
slice of a chain remembers the one before it. The leads of a window are then its slices whose previous one lies before
the window, or isn't there: each lead has one such slice. So slices add up to hours and days, which keep only those
whose previous slice lies before themselves; what is counted in a window stays the same.

There are 12 ways: any attempt, FINISHED ones, and those picked up; each of them with or without tests and inbound
calls. An attempt counts in several, so ways are bits of a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from processors.pickup_rate.rates import is_inbound, is_picked, is_test
from shared.rollups.buckets import SLICE

LONGEST = timedelta(days=31)
"""The longest window. A slice that lies so long before another is in no window with it."""
NONE = 0
"""The previous slice of a chain's first one."""

Way = Literal["any", "finished", "picked"]
_WAYS: tuple[Way, ...] = ("any", "finished", "picked")
_OPTIONS = 4
_LONGEST_SLICES = LONGEST // SLICE

Links = Counter[tuple[int, int]]
"""How many slices of chains there are, by (number of the previous slice, ways in which that is the previous one)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to call a lead: when, by whom, and in which ways it counts."""

    slice: int
    merchant: str
    reseller: str | None
    ways: int


def number_of(slice: datetime) -> int:
    """Return the number of a slice, counted from 1970 on."""
    return int(slice.timestamp()) // int(SLICE.total_seconds())


def class_of(call: Mapping[str, Any]) -> int:
    """Return which of four classes a call is of: 1 is added for a test, 2 for an inbound call."""
    return is_test(call) + 2 * is_inbound(call)


def is_wanted(call_class: int, *, tests: bool, inbound: bool) -> bool:
    """Return whether calls of a class count."""
    return not call_class & ~(tests + 2 * inbound)


def ways_of(call: Mapping[str, Any]) -> int:
    """Return in which ways a call counts."""
    ways = 1 + 2 * (call["status"] == "FINISHED") + 4 * is_picked(call)
    wanted = [option for option in range(_OPTIONS) if not class_of(call) & ~option]
    return sum(ways << len(_WAYS) * option for option in wanted)


def way(name: Way, *, tests: bool, inbound: bool) -> int:
    """Return the bit of one way."""
    return 1 << len(_WAYS) * (tests + 2 * inbound) + _WAYS.index(name)


def links(attempts: Iterable[Attempt], slice: int, merchant: str) -> Links:
    """Return what a lead's attempts make of one slice, as far as that is the merchant's to count.

    Where several merchants have the lead in one slice, the first by name that has it in a way counts it in that way.
    """
    before: dict[int, int] = {}
    mine = others = 0
    for attempt in attempts:
        if attempt.slice < slice:
            before[attempt.slice] = before.get(attempt.slice, 0) | attempt.ways
        elif attempt.slice == slice and attempt.merchant == merchant:
            mine |= attempt.ways
        elif attempt.slice == slice and attempt.merchant < merchant:
            others |= attempt.ways
    left, found = mine & ~others, Links()
    for previous in sorted(before, reverse=True):
        if slice - previous >= _LONGEST_SLICES:
            break
        if common := left & before[previous]:
            found[previous, common] += 1
            left &= ~common
    if left:
        found[NONE, left] += 1
    return found


def fold(into: Links, found: Links, begin: int, end: int) -> None:
    """Add the links of a part to those of the bucket from slice `begin` to `end` that it lies in."""
    for (previous, ways), count in found.items():
        if previous < begin:
            into[previous if previous >= end - _LONGEST_SLICES else NONE, ways] += count


def leads(found: Links, begin: int, bit: int) -> int:
    """Return how many leads links stand for in one way, in a window that begins with slice `begin`."""
    return sum(count for (previous, ways), count in found.items() if previous < begin and ways & bit)


def written(found: Links, begin: int) -> list[list[int]]:
    """Return links as a row keeps them: [slices from the previous one to `begin` (0: there is none), ways, count].

    Whatever the calls, there are at most 12 for each previous slice: so a row's size has a bound.
    """
    by_previous: dict[int, Links] = {}
    for (previous, ways), count in found.items():
        by_previous.setdefault(previous, Links())[previous, ways] += count
    bits = [1 << bit for bit in range(len(_WAYS) * _OPTIONS)]
    rows = []
    for previous, its in sorted(by_previous.items()):
        if len(its) > len(bits):
            its = Links({(previous, bit): leads(its, previous + 1, bit) for bit in bits})
        ago = begin - previous if previous != NONE else 0
        rows += [[ago, ways, count] for (_, ways), count in sorted(its.items()) if count]
    return rows


def read(rows: Iterable[list[int]], begin: int) -> Links:
    """Return the links that a row keeps."""
    return Links({(begin - ago if ago else NONE, ways): count for ago, ways, count in rows})
