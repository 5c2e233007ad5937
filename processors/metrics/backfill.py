"""Backfill: have roll-ups made anew for whole days and months, such as after a metric was added.

A run that is only asked for. It puts marks and rolls nothing up itself: the same workers do that, so it may run beside
anything. Whole months: a month is recomputed from its days, so the range begins with its first one.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote, unquote

from processors.metrics import registry
from processors.metrics.buckets import Bucket, bucket_of
from shared import clock
from shared.config import Settings
from shared.documents import ids
from shared.documents.containers import USAGE_EVENTS
from shared.documents.port import Condition, Documents
from shared.errors import UsageError
from shared.jobs.runs.definition import Page, Run, RunDefinition, Totals, asked_for
from shared.jobs.runs.slots import Slot
from shared.rollups import marks
from shared.rollups.buckets import TIERS, Tier
from shared.rollups.marks import Mark
from shared.rollups.planning import enqueue_marks
from shared.suggestion import did_you_mean
from shared.usage import closing
from shared.usage.places import APP, PARTS, place_of

NAME = "metrics-backfill"
ALL = "~all"
"""Stands for every organisation."""
SHOWN: tuple[Tier, ...] = TIERS[1:]
_SLOT = re.compile(r"(.+?)\|(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)(?:\|([a-z-]+))?")
_DAY = timedelta(days=1)
_PLAIN = "~@:$&+=,;!*() /"
"""Signs of an organisation that a slot has as they are: all but the bar and the percent sign may be."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """What is to be made anew: whole days from `first` to `last`, in UTC; the tiers from which on."""

    org: str
    first: date
    last: date
    tiers: tuple[Tier, ...] = SHOWN

    @property
    def slot(self) -> Slot:
        """The slot of its run, which names it: the same twice is one."""
        span = f"{self.first}..{self.last}"
        parts = [span] if self.tiers == SHOWN else [span, "-".join(self.tiers)]
        return Slot("|".join([quote(self.org, safe=_PLAIN), *parts]), _midnight(self.first))

    @property
    def begin(self) -> datetime:
        """When the first day begins."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """When the last day ends."""
        return _midnight(self.last) + _DAY


@dataclass(frozen=True, slots=True)
class Place:
    """A partition of usage events: one part of an organisation's events of a kind."""

    org: str
    kind: str
    part: int
    cursor: str
    """Names it among all that are gone through."""


def asked(org: str | None, days: int, tiers: Iterable[str] = SHOWN) -> Backfill:
    """Return the backfill of the last days, today included, of an organisation or (None) of all.

    It begins with the first day of a month when months are made anew, and not before what is still kept. Raises
    UsageError that lists the known tiers.
    """
    wanted = tuple(tier for tier in SHOWN if tier in set(tiers))
    unknown = [tier for tier in tiers if tier not in SHOWN]
    if unknown or not wanted:
        what, meant = ", ".join(unknown) or "named", did_you_mean(unknown[0], SHOWN) if unknown else ""
        raise UsageError(f"There is no tier {what}.{meant} Known are: {', '.join(SHOWN)}.", code="tier_unknown")
    if days < 1:
        raise UsageError(f"A backfill takes one day or more, not {days}.", code="range_invalid")
    now = clock.now()
    first = bucket_of("day", now - (days - 1) * _DAY).start
    if "month" in wanted:
        first = bucket_of("month", first).start
    while closing.is_closed(first, now):
        first = bucket_of("month", first).end
    return Backfill(org or ALL, first.date(), now.date(), wanted)


def read_slot(text: str) -> Slot:
    """Return the slot of a backfill's run. Raises UsageError for any other text."""
    return read(text).slot


def read(text: str) -> Backfill:
    """Return the backfill that a slot names. Raises UsageError for any other text."""
    found = _SLOT.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        first, last = date.fromisoformat(found[2]), date.fromisoformat(found[3])
        tiers = tuple(tier for tier in SHOWN if tier in found[4].split("-")) if found[4] else SHOWN
        backfill = Backfill(unquote(found[1]), first, last, tiers)
        if first > last or backfill.slot.text != text:
            raise ValueError
    except ValueError:
        raise UsageError(
            f"{text!r} names no backfill; it takes ORG|2026-11-01..2026-11-30.", code="slot_invalid"
        ) from None
    return backfill


def backfill_run(settings: Settings) -> RunDefinition:
    """Return the run `metrics-backfill`."""
    return asked_for(NAME, plan, read_slot, "marks roll-ups to be made anew", fan_in)


async def plan(run: Run, cursor: str | None) -> Page:
    """Mark what the events of the next partition have to do with."""
    documents, backfill = run.services.documents, read(run.slot.text)
    place = await next_place(documents, backfill, cursor)
    if place is None:
        return Page()
    dirty = await dirty_of(documents, backfill, place)
    await marks.put(documents, dirty)
    return Page(after=place.cursor, counters={"marks": len(dirty)})


async def fan_in(run: Run, totals: Totals) -> Mapping[str, int]:
    """Enqueue the marks at once, instead of at the next tick."""
    planned = await enqueue_marks(run.services.documents, run.services.queues, run.services.settings.rollup_queue)
    return {"enqueued": planned.marks}


async def places(documents: Documents, backfill: Backfill) -> AsyncIterator[Place]:
    """Yield every partition that a backfill goes through."""
    cursor: str | None = None
    while (place := await next_place(documents, backfill, cursor)) is not None:
        yield place
        cursor = place.cursor


async def next_place(documents: Documents, backfill: Backfill, cursor: str | None) -> Place | None:
    """Return the partition behind the cursor; None behind the last."""
    if backfill.org == ALL:
        query = documents.query(
            USAGE_EVENTS, after_partition=cursor or "", select=["id", "place", "orgId", "kind"], limit=1
        )
        async for document in query:
            body = document.body
            return Place(body["orgId"], body["kind"], int(body["place"][-2:]), ids.safe(body["place"]))
        return None
    kinds = [one.source for one in registry.METRICS if one.own == (backfill.org == APP)]
    names = [f"{kind}|{part:02}" for kind in dict.fromkeys(kinds) for part in range(PARTS)]
    number = 0 if cursor is None else names.index(cursor) + 1
    if number == len(names):
        return None
    kind, part = names[number].split("|")
    return Place(backfill.org, kind, int(part), names[number])


async def dirty_of(documents: Documents, backfill: Backfill, place: Place) -> set[Mark]:
    """Return the marks of what the events of a partition fall into, in the backfill's range."""
    now = clock.now()
    where: list[Condition] = [
        ("slice", ">=", clock.to_text(backfill.begin)),
        ("slice", "<", clock.to_text(backfill.end)),
    ]
    partition = place_of(place.org, place.kind, place.part)
    found: set[str] = set()
    async for document in documents.query(
        USAGE_EVENTS, partition=partition, where=where, order_by="slice", select=["slice"]
    ):
        found.add(document.body["slice"])
    slices = [clock.parse(text) for text in found]
    return {
        Mark(place.org, place.kind, _smallest(Bucket("leaf", begin, place.part), backfill.tiers, now).name)
        for begin in slices
        if not closing.is_closed(begin, now)
    }


def _smallest(leaf: Bucket, tiers: tuple[Tier, ...], now: datetime) -> Bucket:
    """Return the smallest bucket to be recomputed: its leaf where hours are made from leaves, else by the tier."""
    wanted = bucket_of(tiers[0], leaf.start)
    while wanted.has_expired(now) and wanted.parent is not None:
        wanted = wanted.parent
    return leaf if wanted.tier == "hour" and not leaf.has_expired(now) else wanted


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
