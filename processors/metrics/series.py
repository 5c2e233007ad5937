"""Series: what did metrics come to, bucket by bucket? Read from roll-ups, at a cost that follows the buckets alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from processors.metrics import folding, registry
from processors.metrics.buckets import Bucket, bucket_of
from processors.metrics.folding import Key, Tally
from processors.metrics.registry import Metric
from processors.metrics.rows import SHAPE
from shared import clock
from shared.documents.containers import ROLLUPS
from shared.documents.port import Condition, Documents
from shared.errors import UsageError
from shared.suggestion import did_you_mean
from shared.usage.places import APP, rows_of

Granularity = Literal["hour", "day", "month"]
GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)
AUTO = "auto"

LONGEST = timedelta(days=365)
_HOURLY, _DAILY = timedelta(days=7), timedelta(days=90)
"""Spans up to which `auto` reads hours, and days."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: metrics of an organisation from `begin` to `end`, whole buckets of the tier `source`.

    `project` and `tag` None ask for all of them together. Points are by `granularity`, in `zone`.
    """

    org: str
    metrics: tuple[Metric, ...]
    begin: datetime
    end: datetime
    granularity: Granularity
    source: Granularity
    zone: ZoneInfo
    project: str | None = None
    tag: str | None = None

    def wants(self, key: Key) -> bool:
        """Return whether a row's key is asked for, its metric aside."""
        return (self.project is None or key.project == self.project) and (self.tag is None or key.tag == self.tag)

    @property
    def kinds(self) -> list[str]:
        """The kinds of event that its metrics take from."""
        return list(dict.fromkeys(metric.source for metric in self.metrics))


@dataclass(frozen=True, slots=True)
class Found:
    """A tally of one key in one bucket that begins at `start`."""

    start: datetime
    key: Key
    tally: Tally


@dataclass(slots=True)
class Series:
    """A metric's tallies by bucket, in time's order; buckets without events are left out."""

    metric: Metric
    points: dict[datetime, Tally] = field(default_factory=dict)

    def add(self, start: datetime, tally: Tally) -> None:
        """Add a tally to the bucket that begins at `start`."""
        standing = self.points.get(start)
        self.points[start] = tally if standing is None else standing + tally

    @property
    def total(self) -> Tally | None:
        """All buckets together; None when nothing happened."""
        found: Tally | None = None
        for tally in self.points.values():
            found = tally if found is None else found + tally
        return found


def asked(
    org: str,
    begin: datetime,
    end: datetime,
    *,
    metric: str | None = None,
    project: str | None = None,
    tag: str | None = None,
    granularity: str | None = None,
    source: str = AUTO,
    timezone: str = "UTC",
) -> Question:
    """Return the question. A `metric` of None asks for every one that the organisation can have.

    `source` auto takes hours for up to 7 days, days for up to 90, else months; what `granularity` needs, if that is
    given; and in another zone hours for days, where they are kept. Raises UsageError that lists what is known.
    """
    zone = _zone(timezone)
    wanted = _granularity("granularity", granularity) if granularity is not None else None
    if end <= begin:
        raise UsageError(f"The range ends ({clock.to_text(end)}) before it begins.", code="range_invalid")
    if end - begin > LONGEST:
        raise UsageError(
            f"The range has {(end - begin).days} days; up to {LONGEST.days} are read.", code="range_invalid"
        )
    taken = _auto(begin, end, wanted, zone) if source == AUTO else _granularity("source", source, f", {AUTO}")
    by = wanted or taken
    if GRANULARITIES.index(by) < GRANULARITIES.index(taken):
        raise UsageError(f"Points by {by} can't be made of {taken}s. Ask for source {by}.", code="range_invalid")
    first = bucket_of(taken, begin)
    if first.has_expired(clock.now()):
        raise UsageError(
            f"The roll-ups by {taken} are no longer kept from {clock.to_text(begin)} on. Ask for a larger source.",
            code="range_invalid",
        )
    last = bucket_of(taken, end - timedelta(milliseconds=1))
    return Question(org, metrics_of(org, metric), first.start, last.end, by, taken, zone, project, tag)


def before(question: Question) -> Question | None:
    """Return the same question of as long before; None when the roll-ups of then are no longer kept."""
    first = bucket_of(question.source, question.begin - (question.end - question.begin))
    if first.has_expired(clock.now()):
        return None
    return replace(question, begin=first.start, end=question.begin)


def metrics_of(org: str, name: str | None) -> tuple[Metric, ...]:
    """Return the metric of a name, or (None) all that an organisation can have: the app's own has its own."""
    if name is not None:
        return (registry.named(name),)
    return tuple(metric for metric in registry.METRICS if metric.own == (org == APP))


async def read(documents: Documents, question: Question) -> list[Series]:
    """Return the series of each metric that is asked for. Raises what the store raises."""
    series = {metric.name: Series(metric) for metric in question.metrics}
    async for found in tallies(documents, question):
        if found.key.metric in series:
            series[found.key.metric].add(label(found.start, question), found.tally)
    return list(series.values())


async def tallies(documents: Documents, question: Question) -> AsyncIterator[Found]:
    """Yield the tallies of every bucket of the source tier and key that is asked for, kind by kind, by time."""
    wanted = {metric.name for metric in question.metrics}
    first, end = Bucket(question.source, question.begin), Bucket(question.source, question.end)
    where: list[Condition] = [("bucketKey", ">=", first.key), ("bucketKey", "<", end.key)]
    for kind in question.kinds:
        rows = documents.query(ROLLUPS, partition=rows_of(question.org, kind), where=where, order_by="bucketKey")
        async for document in rows:
            row = SHAPE.present(document.body)
            start = clock.parse(row["bucket"])
            for key, tally in folding.read(row):
                if key.metric in wanted and question.wants(key):
                    yield Found(start, key, tally)


def label(start: datetime, question: Question) -> datetime:
    """Return where the point of the question's granularity begins that a bucket belongs to.

    In the question's zone, if there are hours to be put together: a day of UTC is none of another zone.
    """
    local = start.astimezone(question.zone) if question.source == "hour" else start
    if question.granularity == "hour":
        return local
    midnight = local.replace(hour=0, minute=0, fold=0)
    return midnight if question.granularity == "day" else midnight.replace(day=1)


def spans(question: Question) -> Iterator[datetime]:
    """Yield where each point that could be there begins."""
    bucket, before = Bucket(question.source, question.begin), None
    while bucket.start < question.end:
        point = label(bucket.start, question)
        if point != before:
            yield point
        bucket, before = Bucket(bucket.tier, bucket.end), point


def by_key(found: Sequence[Found], member: Literal["project", "tag"]) -> Mapping[str, Tally]:
    """Return what tallies come to by their projects or tags."""
    totals: dict[str, Tally] = {}
    for one in found:
        name = getattr(one.key, member)
        totals[name] = totals[name] + one.tally if name in totals else one.tally
    return totals


def _auto(begin: datetime, end: datetime, granularity: Granularity | None, zone: ZoneInfo) -> Granularity:
    span = end - begin
    hours_kept = not bucket_of("hour", begin).has_expired(clock.now())
    if granularity is None:
        tier: Granularity = "hour" if span <= _HOURLY and hours_kept else "day" if span <= _DAILY else "month"
        return tier
    if granularity == "day" and hours_kept and zone.key != "UTC":
        return "hour"
    return granularity


def _granularity(name: str, given: str, more: str = "") -> Granularity:
    for known in GRANULARITIES:
        if given == known:
            return known
    known_ones = f"{', '.join(GRANULARITIES)}{more}"
    meant = did_you_mean(given, GRANULARITIES)
    raise UsageError(f"There is no {name} {given!r}.{meant} Known are: {known_ones}.", code="granularity_unknown")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"There is no time zone {name!r}; write one such as Europe/Berlin.", code="zone_unknown"
        ) from None
