"""Arithmetic of capacity: from counted operations of a unit of work to request units, messages, instances and dollars.

Nothing here asks anything of anybody: counts, profile, limits and prices are given, so a test can give small ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shared.documents.containers import ROLLUP_WORK

DAY, MONTH_DAYS = 86_400, 30.4
QUESTION = "model question"
YEAR, KB_IN_GB = 365, 1024**2
"""For so many days what never expires is counted."""
_READ = ((1, 1.0), (2, 1.04), (4, 1.14), (8, 1.33), (16, 1.67), (32, 2.19), (64, 4.76), (128, 9.95), (256, 20.28))
_WRITE = ((1, 4.95), (2, 6.29), (4, 6.67), (8, 7.04), (16, 9.52), (32, 11.23), (64, 22.67), (128, 48.19), (256, 98.29))


@dataclass(frozen=True, slots=True)
class Charges:
    """What request units are estimated with: factors of the published charges of reads and writes by size."""

    strong: float = 2.0
    """Of reads with Strong consistency."""
    replacing: float = 2.0
    """Of a replacement, beside the creation of the same document."""
    query: float = 2.5
    """Of a query that finds nothing; what it gives out is charged as one read of that size besides."""


@dataclass(frozen=True, slots=True)
class Use:
    """How often a unit of work is done: `a_day` for each user, or for all users together; and what it takes besides.

    `within` are the seconds in which a week's are done (0: spread over the day, with a peak). `cpu` and `wait` are
    seconds of an instance, `tokens` those of a model: into it and out of it, in so many `questions`.
    """

    a_day: float = 0.0
    all_together: float = 0.0
    within: float = 0.0
    cpu: float = 0.0
    wait: float = 0.0
    tokens: tuple[float, float] = (0.0, 0.0)
    questions: float = 0.0


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbers that hold for all units: the `peak` beside the day's mean, what an instance does at once."""

    peak: float = 4.0
    busy: float = 0.6
    at_once: float = 16.0
    charges: Charges = field(default_factory=Charges)


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked in a second, a month or by a unit. Numbers by container, partition and queue are Counters."""

    units: float = 0.0
    request_units: Mapping[str, float] = field(default_factory=Counter)
    partitions: Mapping[str, float] = field(default_factory=Counter)
    messages: Mapping[str, float] = field(default_factory=Counter)
    queue_operations: float = 0.0
    blobs_read: float = 0.0
    blobs_written: float = 0.0
    kept: Mapping[str, float] = field(default_factory=Counter)
    """KB times days, by container: what stays once as much expires as comes, if it comes each day."""
    tokens_in: float = 0.0
    tokens_out: float = 0.0
    instance_seconds: float = 0.0

    @property
    def all_request_units(self) -> float:
        """Request units of all containers."""
        return sum(self.request_units.values())

    @property
    def account_operations(self) -> float:
        """What the storage account is asked."""
        return self.queue_operations + self.blobs_read + self.blobs_written

    def __mul__(self, times: float) -> Load:
        numbers: list[Any] = [
            Counter({name: times * number for name, number in value.items()}) if _named(value) else times * value
            for value in self._values()
        ]
        return Load(*numbers)

    def __add__(self, other: Load) -> Load:
        pairs = zip(self._values(), other._values(), strict=True)
        numbers: list[Any] = [
            Counter(mine) + Counter(others) if _named(mine) else mine + others for mine, others in pairs
        ]
        return Load(*numbers)

    def _values(self) -> Iterable[Any]:
        return (getattr(self, name) for name in self.__slots__)


def _named(value: Any) -> bool:
    return isinstance(value, Mapping)


def charge(operation: str, calls: float, documents: float, kb: float, charges: Charges) -> float:
    """Return the request units of so many calls of the document port, which gave or took documents of `kb` in all."""
    size = kb / calls if calls else kb
    match operation:
        case "get":
            return charges.strong * calls * _by_size(_READ, size)
        case "query" | "count":
            base = charges.query * calls
            return charges.strong * (base + (_by_size(_READ, size) * max(calls, kb / _READ[-1][0]) if documents else 0))
        case "replace" | "upsert":
            return charges.replacing * calls * _by_size(_WRITE, size)
        case _:
            return calls * _by_size(_WRITE, size)


def _by_size(table: tuple[tuple[int, float], ...], kb: float) -> float:
    """Return the charge for a size in KB, between two sizes of the table on the line; 1 KB at least."""
    sizes = [size for size, _ in table]
    at = min(bisect_left(sizes, kb), len(table) - 1)
    if at == 0:
        return table[0][1]
    (below, low), (above, high) = table[at - 1], table[at]
    return low + (high - low) * (kb - below) / (above - below)


def of_unit(counts: Mapping[str, Any], use: Use, rules: Rules) -> Load:
    """Return what one unit of work asks, from what was counted of it."""
    asked: defaultdict[str, float] = defaultdict(float)
    kept: defaultdict[str, float] = defaultdict(float)
    days = counts["days"]
    for name, figures in counts["documents"].items():
        operation, container = name.split()
        calls, documents, kb = (float(figures.get(figure, 0)) for figure in ("calls", "documents", "kb"))
        asked[container] += charge(operation, calls, documents, kb, rules.charges)
        if operation == "create" and container != ROLLUP_WORK.name:  # a mark goes when it is rolled up
            kept[container] += kb * days.get(container, YEAR)
    hot = {
        f"{container} {found['partition']}": asked[container] * found["share"]
        for container, found in counts["hot"].items()
    }
    queues, blobs = counts["queues"], counts["blobs"]
    return Load(
        1,
        asked,
        Counter(hot),
        Counter({queue: figures.get("put", 0.0) for queue, figures in queues.items()}),
        sum(sum(figures.values()) for figures in queues.values()),
        blobs.get("read", 0.0),
        blobs.get("written", 0.0),
        kept,
        *use.tokens,
        max(use.cpu / rules.busy, use.wait / rules.at_once),
    )


def of_units(counts: Mapping[str, Any], uses: Mapping[str, Use], rules: Rules) -> dict[str, Load]:
    """Return what one of each unit asks, with what its questions to a model ask of the store."""
    question = of_question(counts, rules)
    return {name: of_unit(counts[name], use, rules) + question * use.questions for name, use in uses.items()}


def of_question(counts: Mapping[str, Any], rules: Rules) -> Load:
    """Return what is asked of the store for a question to a model, which is no unit by itself."""
    return replace(of_unit(counts[QUESTION], Use(), rules), units=0)


def at_peak(units: Mapping[str, Load], uses: Mapping[str, Use], users: float, rules: Rules) -> Load:
    """Return what is asked in a second of the busiest hour: of the day's work, and of what is done within hours."""
    return _sum(units[name] * _peak_rate(use, users, rules) for name, use in uses.items())


def _peak_rate(use: Use, users: float, rules: Rules) -> float:
    a_day = use.a_day * users + use.all_together
    return 7 * a_day / use.within if use.within else rules.peak * a_day / DAY


def in_a_month(units: Mapping[str, Load], uses: Mapping[str, Use], users: float) -> Load:
    """Return what is asked in a month."""
    return _sum(units[name] * (MONTH_DAYS * (use.a_day * users + use.all_together)) for name, use in uses.items())


def kept_gb(units: Mapping[str, Load], uses: Mapping[str, Use], users: float) -> dict[str, float]:
    """Return how many GB documents take by container: once as much expires as comes, or after a year."""
    kept = _sum(units[name] * (use.a_day * users + use.all_together) for name, use in uses.items()).kept
    return {container: kb / KB_IN_GB for container, kb in kept.items()}


def _sum(loads: Iterable[Load]) -> Load:
    total = Load()
    for load in loads:
        total += load
    return total


def reached_at(limit: float, fixed: float, a_user: float) -> float:
    """Return how many users reach a limit, of which `fixed` is taken whatever their number."""
    if a_user <= 0:
        return float("inf")
    return max(0.0, limit - fixed) / a_user
