"""Folding: what do events, or the rows of smaller buckets, add up to? Pure.

A row has a tally per key (metric, project, tag). It names at most 2,000 keys, the first in their order; what is beyond
is added to the metric's `other`. Since the order is the keys' own, a key that a bucket names is named by each of its
children that has it: so a bucket says the same, whether it is made from its children or from the events.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from processors.metrics import registry

MOST_KEYS = 2000
OTHER = "~other"
"""Project and tag of what is beyond the keys that are named. No producer's may begin with ``~``."""
_MOST_WHOLE = 2**53
"""The store keeps whole numbers up to that; a larger sum is written as text."""


class Key(NamedTuple):
    """What is counted apart. The order of keys is that of these members."""

    project: str
    tag: str
    metric: str

    @property
    def is_other(self) -> bool:
        """Whether it stands for keys that aren't named."""
        return self.project == OTHER


@dataclass(frozen=True, slots=True)
class Tally:
    """What a metric's values add up to, in whole numbers of its unit's smallest part."""

    sum: int
    count: int
    min: int
    max: int

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.sum + other.sum, self.count + other.count, min(self.min, other.min), max(self.max, other.max))


Tallies = dict[Key, Tally]


def add_event(tallies: Tallies, event: Mapping[str, Any]) -> None:
    """Add an event (its document) to the tallies of every metric that it speaks of; a void one says nothing."""
    if event.get("void"):
        return
    for metric, value in registry.taken(dict(event)):
        _add(
            tallies, Key(event.get("project") or "", event.get("tag") or "", metric.name), Tally(value, 1, value, value)
        )


def add_row(tallies: Tallies, row: Mapping[str, Any]) -> None:
    """Add the tallies of a row (its document)."""
    for key, tally in read(row):
        _add(tallies, key, tally)


def named(tallies: Tallies) -> tuple[Tallies, int]:
    """Return the tallies with at most 2,000 keys named, and how many weren't."""
    kept = sorted(key for key in tallies if not key.is_other)
    beyond = kept[MOST_KEYS:]
    if not beyond:
        return tallies, 0
    result = {key: tally for key, tally in tallies.items() if key.is_other}
    result.update((key, tallies[key]) for key in kept[:MOST_KEYS])
    for key in beyond:
        _add(result, Key(OTHER, OTHER, key.metric), tallies[key])
    return result, len(beyond)


def written(tallies: Tallies) -> list[list[Any]]:
    """Return tallies as a row keeps them: [metric, project, tag, sum, count, min, max] by key."""
    return [
        [key.metric, key.project, key.tag, _whole(tally.sum), tally.count, tally.min, tally.max]
        for key, tally in sorted(tallies.items())
    ]


def read(row: Mapping[str, Any], metrics: Collection[str] | None = None) -> Iterable[tuple[Key, Tally]]:
    """Yield the tallies that a row (its document) keeps, of all metrics or of these."""
    for metric, project, tag, total, count, least, most in row["keys"]:
        if metrics is None or metric in metrics:
            yield Key(project, tag, metric), Tally(int(total), count, least, most)


def _add(tallies: Tallies, key: Key, tally: Tally) -> None:
    found = tallies.get(key)
    tallies[key] = tally if found is None else found + tally


def _whole(value: int) -> int | str:
    return value if -_MOST_WHOLE <= value <= _MOST_WHOLE else str(value)
