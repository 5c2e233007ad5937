"""Sums of calls: what is kept of a scope's calls in one bucket, so that windows can be added up from buckets? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from processors.pickup_rate import chains
from processors.pickup_rate.chains import Links
from processors.pickup_rate.rates import CallCounts, Rate
from shared.documents.port import Body
from shared.rollups.buckets import Bucket


@dataclass(slots=True)
class ClassCounts(CallCounts):
    """The counts of the calls of one class (chains.class_of)."""

    all: int = 0
    """Calls, whatever came of them."""


@dataclass(slots=True)
class Sum:
    """What the calls of a scope in one bucket add up to: counts by class, and the links of their leads' chains."""

    bucket: Bucket
    classes: dict[int, ClassCounts] = field(default_factory=dict)
    links: Links = field(default_factory=Links)

    def add_call(self, call: Mapping[str, Any]) -> None:
        """Count a call, its lead aside."""
        counts = self.classes.setdefault(chains.class_of(call), ClassCounts())
        counts.count(call)
        counts.all += 1

    def add(self, part: Sum) -> None:
        """Add what a part of the bucket adds up to."""
        for name, its in part.classes.items():
            counts = self.classes.setdefault(name, ClassCounts())
            counts.include(its)
            counts.all += its.all
        chains.fold(self.links, part.links, _begin(self.bucket), _end(self.bucket))

    def written(self) -> Body:
        """Return it as a row keeps it."""
        return {
            "classes": {str(name): _counts(counts) for name, counts in sorted(self.classes.items())},
            "links": chains.written(self.links, _begin(self.bucket)),
        }


@dataclass(slots=True)
class Total(CallCounts):
    """The counts of one scope in one window, added up from buckets."""

    left_out: int = 0
    """Tests and inbound calls, where they aren't wanted."""
    finished_leads: int = 0
    picked_leads: int = 0
    unfinished_leads: int = 0

    @property
    def leads_rate(self) -> Rate:
        """The lead rate."""
        return Rate(self.picked_leads, self.finished_leads)


def read(row: Mapping[str, Any], bucket: Bucket) -> Sum:
    """Return the sum that a row keeps."""
    classes = {}
    for name, (counts, merchants) in row["classes"].items():
        finished, no_answer, dialled, answered, voicemail, calls = counts
        its = {merchant: [total, unpicked] for merchant, total, unpicked in merchants}
        classes[int(name)] = ClassCounts(finished, no_answer, dialled, answered, voicemail, its, calls)
    return Sum(bucket, classes, chains.read(row["links"], _begin(bucket)))


def total(parts: Iterable[Sum], begin: int, *, tests: bool, inbound: bool) -> Total:
    """Return the counts of a window that begins with slice `begin`, of the buckets that it is made of."""
    found = Total()
    ways = [chains.way(name, tests=tests, inbound=inbound) for name in ("any", "finished", "picked")]
    for part in parts:
        for name, counts in part.classes.items():
            if chains.is_wanted(name, tests=tests, inbound=inbound):
                found.include(counts)
            else:
                found.left_out += counts.all
        of_any, finished, picked = (chains.leads(part.links, begin, way) for way in ways)
        found.finished_leads += finished
        found.picked_leads += picked
        found.unfinished_leads += of_any - finished
    return found


def _counts(counts: ClassCounts) -> list[Any]:
    merchants = [[name, finished, unpicked] for name, (finished, unpicked) in sorted(counts.merchants.items())]
    numbers = [counts.finished, counts.no_answer, counts.dialled, counts.answered, counts.voicemail, counts.all]
    return [numbers, merchants]


def _begin(bucket: Bucket) -> int:
    return chains.number_of(bucket.start)


def _end(bucket: Bucket) -> int:
    return chains.number_of(bucket.end)
