"""History of the measures of usage: many windows, added up from one reading of the hours and days of their span.

Windows are made of the same rows as those that are read one by one: hours at their ends, and whole days between. Hours
are kept for 30 days: before that only windows of whole days are known, and those while days are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import inf

from processors.metrics import folding, registry
from processors.metrics.buckets import KEPT, Bucket
from processors.metrics.completeness import complete_up_to
from processors.metrics.folding import Tally
from processors.metrics.questions import BEHIND, Options, answer, options_of, org_of, whole_hours
from processors.metrics.registry import Metric
from processors.metrics.rows import SHAPE
from shared import clock
from shared.documents.containers import ROLLUPS
from shared.documents.port import Condition, Documents
from shared.measures import Ask, Gone, Past, Period
from shared.rollups.buckets import Tier
from shared.services import Services
from shared.usage.places import rows_of

_TIERS: tuple[Tier, ...] = ("hour", "day")
_SECONDS = {"hour": 3600, "day": 86_400}
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of many windows: its readings differ by them alone."""

    org: str
    metric: Metric
    options: Options


@dataclass(frozen=True, slots=True)
class _Span:
    """Rows of a tier that follow each other, by number from 1970 on: [begin, end)."""

    tier: Tier
    begin: int
    end: int


class _Line:
    """The tallies of a question by bucket of one tier, so that those of any span are added up at once."""

    def __init__(self, span: _Span, tallies: dict[int, Tally]) -> None:
        self._begin = span.begin
        of = [tallies.get(number) for number in range(span.begin, span.end)]
        self._sums = list(accumulate((one.sum if one else 0 for one in of), initial=0))
        self._counts = list(accumulate((one.count if one else 0 for one in of), initial=0))
        self._least = [one.min if one else inf for one in of]
        self._most = [one.max if one else -inf for one in of]

    def over(self, span: _Span) -> Tally | None:
        """Return what the buckets of a span add up to; None when nothing happened."""
        first, end = span.begin - self._begin, span.end - self._begin
        count = self._counts[end] - self._counts[first]
        if not count:
            return None
        least, most = min(self._least[first:end]), max(self._most[first:end])
        return Tally(self._sums[end] - self._sums[first], count, int(least), int(most))


async def read(services: Services, asks: Sequence[Ask]) -> list[Past]:
    """Return what many asks come to. See Historian.

    When roll-ups are too far behind for a judgement, windows that end later than they are complete are Gone, too.
    """
    now, until = clock.now(), (await complete_up_to(services.documents, services.queues, services.settings)).at
    known: dict[tuple[str, str, str], _Question] = {}
    windows: dict[tuple[datetime, datetime], tuple[Period, list[_Span] | Gone]] = {}
    wanted: list[tuple[_Question, Period, list[_Span] | Gone]] = []
    for ask in asks:
        key = ask.measure.name, ask.scope, repr(ask.options)
        if key not in known:
            known[key] = _Question(org_of(ask.scope), registry.named(ask.measure.name), options_of(ask))
        place = ask.window.begin, ask.window.end
        if place not in windows:
            window = whole_hours(ask.window, until)
            is_lacking = now - until > BEHIND and ask.window.end > until
            windows[place] = window, _lacking(until) if is_lacking else _spans(window, now)
        wanted.append((known[key], *windows[place]))
    kept = [span for _, found in windows.values() if not isinstance(found, Gone) for span in found]
    lines = await _lines(services.documents, list(dict.fromkeys(known.values())), kept)
    return [
        spans if isinstance(spans, Gone) else answer(one.metric, one.options, window, _total(lines, one, spans))
        for one, window, spans in wanted
    ]


def _lacking(until: datetime) -> Gone:
    return Gone(f"the roll-ups of metrics are complete up to {clock.to_text(until)} only")


def _spans(window: Period, now: datetime) -> list[_Span] | Gone:
    """Return the rows that a window is made of, as a reader takes them; or why they aren't there any more."""
    begin, end = _number("hour", window.begin), _number("hour", window.end)
    first_day, last_day = -(-begin // _HOURS_A_DAY), end // _HOURS_A_DAY
    if first_day >= last_day:
        spans = [_Span("hour", begin, end)]
    else:
        hours = (begin, first_day * _HOURS_A_DAY), (last_day * _HOURS_A_DAY, end)
        spans = [_Span("hour", *one) for one in hours if one[0] < one[1]] + [_Span("day", first_day, last_day)]
    for span in spans:
        if Bucket(span.tier, _start(span.tier, span.begin)).has_expired(now):
            return Gone(f"metrics by {span.tier} are kept for {(KEPT[span.tier] or timedelta()).days} days")
    return spans


async def _lines(
    documents: Documents, questions: list[_Question], spans: list[_Span]
) -> dict[tuple[_Question, Tier], _Line]:
    """Read the rows of all spans once, and return each question's lines."""
    lines: dict[tuple[_Question, Tier], _Line] = {}
    for tier in _TIERS:
        of = [span for span in spans if span.tier == tier]
        if not of:
            continue
        whole = _Span(tier, min(span.begin for span in of), max(span.end for span in of))
        for place in dict.fromkeys((one.org, one.metric.source) for one in questions):
            asked = [one for one in questions if (one.org, one.metric.source) == place]
            tallies = await _tallies(documents, place, asked, whole)
            lines.update({(one, tier): _Line(whole, its) for one, its in tallies.items()})
    return lines


async def _tallies(
    documents: Documents, place: tuple[str, str], asked: list[_Question], whole: _Span
) -> dict[_Question, dict[int, Tally]]:
    found: dict[_Question, dict[int, Tally]] = {one: {} for one in asked}
    metrics = {one.metric.name for one in asked}
    first, end = (Bucket(whole.tier, _start(whole.tier, number)) for number in (whole.begin, whole.end))
    where: list[Condition] = [("bucketKey", ">=", first.key), ("bucketKey", "<", end.key)]
    async for document in documents.query(ROLLUPS, partition=rows_of(*place), where=where, order_by="bucketKey"):
        row = SHAPE.present(document.body)
        number = _number(whole.tier, clock.parse(row["bucket"]))
        for key, tally in folding.read(row, metrics):
            for one, its in found.items():
                if key.metric == one.metric.name and one.options.counts(key):
                    its[number] = its[number] + tally if number in its else tally
    return found


def _total(lines: dict[tuple[_Question, Tier], _Line], one: _Question, spans: list[_Span]) -> Tally | None:
    found: Tally | None = None
    for span in spans:
        tally = lines[one, span.tier].over(span)
        if tally is not None:
            found = tally if found is None else found + tally
    return found


def _number(tier: Tier, at: datetime) -> int:
    return int(at.timestamp()) // _SECONDS[tier]


def _start(tier: Tier, number: int) -> datetime:
    return datetime.fromtimestamp(number * _SECONDS[tier], UTC)
