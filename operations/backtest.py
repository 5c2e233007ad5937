"""Backtests: when would an alert have fired with these numbers, how often, and for how long? They store nothing.

operations/rule_backtest.py has those of rules that users define, operations/pickup_backtest.py those of pickup rates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from shared import clock, skew
from shared.alerts.machine import AlertPolicy
from shared.alerts.replay import Evaluation, Replayed, first_known, replayed
from shared.errors import NotFound, UsageError
from shared.suggestion import did_you_mean

MOST_EVALUATIONS = 200_000
"""Of one backtest: 23 years by the hour, 23 months each 5 minutes."""
MOST_VALUES = 100
"""Of one sweep."""
_TENTH = 10

_T = TypeVar("_T")
Told = Callable[[int, int | None], None]
"""Is told how much is done, of how much."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is watched, in words, with all numbers that it is judged by. Values are compared with `threshold`."""

    name: str
    watched: str
    numbers: Mapping[str, Any]
    threshold: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a range of evaluations comes to.

    The first `unknown` slots aren't judged: what their windows were made of isn't there, as `why_unknown` says.
    `data_from` is the first slot with a sample. What is told of a month or of the time counts from there on, or from
    the first alert if that was before; `found.begin` says so. Calls that came in since `lacking_since` may be missing.
    """

    subject: Subject
    begin: datetime
    end: datetime
    unknown: int
    why_unknown: str | None
    data_from: datetime | None
    evaluations: tuple[Evaluation, ...]
    found: Replayed
    lacking_since: datetime | None = None

    @property
    def judged_from(self) -> datetime:
        """From when on its slots are judged."""
        return self.evaluations[0].at if self.unknown else self.begin


@dataclass(frozen=True, slots=True)
class Sweep:
    """What is tried: a member of the numbers with each of these values."""

    member: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Swept:
    """What each value of a sweep comes to, in order. `subject` has the numbers beside the member."""

    subject: Subject
    member: str
    tried: tuple[tuple[float, Backtest], ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The range that is looked at: at most `most` slots from `begin` to `end`, both included."""

    begin: datetime
    end: datetime
    most: int = MOST_EVALUATIONS


def range_of(begin: datetime, end: datetime, *, most: int = MOST_EVALUATIONS) -> Range:
    """Return a range. Raises UsageError (``backtest_range_invalid``) for an empty one, and for one to come."""
    now = clock.now()
    if begin >= end:
        text = f"The range ends ({clock.to_text(end)}) before it begins ({clock.to_text(begin)})."
        raise UsageError(text, code="backtest_range_invalid")
    if skew.is_ahead(end, now):
        text = f"The range ends {clock.to_text(end)}: nobody knows what comes."
        raise UsageError(text, code="backtest_range_invalid")
    return Range(begin, min(end, now), most)


def checked_slots(slots: Sequence[datetime], over: Range) -> Sequence[datetime]:
    """Return the slots of a range. Raises UsageError when there are none, or too many."""
    if not slots:
        text = f"Nothing is evaluated from {clock.to_text(over.begin)} to {clock.to_text(over.end)}."
        raise UsageError(text, code="backtest_range_invalid")
    if len(slots) > over.most:
        text = f"The range has more than {over.most} evaluations. Take a shorter one."
        raise UsageError(text, code="backtest_range_invalid")
    return slots


def sweep_of(member: str, begin: float, end: float, step: float | None) -> Sweep:
    """Return the values from `begin` to `end`, both included, a `step` apart.

    By default that is 1 between whole numbers, else a tenth of what is between. Raises UsageError (``sweep_invalid``)
    when there are none, or too many.
    """
    are_whole = begin.is_integer() and end.is_integer()
    taken = step if step is not None else 1.0 if are_whole else (end - begin) / _TENTH
    if end <= begin or taken <= 0:
        text = f"{member} can't go from {begin:g} to {end:g} in steps of {taken:g}."
        raise UsageError(text, code="sweep_invalid")
    count = int((end - begin) / taken + 1e-9) + 1
    if count > MOST_VALUES:
        text = f"That makes {count:g} values of {member}; up to {MOST_VALUES} are tried. Take larger steps."
        raise UsageError(text, code="sweep_invalid")
    return Sweep(member, tuple(float(f"{begin + n * taken:.12g}") for n in range(count)))


def unknown_member(name: str, known: Iterable[str]) -> UsageError:
    """Return the error for numbers that there aren't."""
    named = list(known)
    text = f"There is no {name!r} to set.{did_you_mean(name, named)} Known are: {', '.join(named)}."
    return UsageError(text, code="backtest_member_unknown")


def assembled(
    subject: Subject,
    over: Range,
    slots: Sequence[datetime],
    found: Sequence[_T | str],
    judge: Callable[[datetime, _T], Evaluation],
    policy: AlertPolicy,
    *,
    needs_data: bool = True,
) -> Backtest:
    """Return what slots come to; `found` is what was found of each, or why nothing can be.

    Slots are judged from the one on after which all can be. Raises NotFound (``backtest_no_data``) when none can, or
    when there is nothing in any window.
    """
    first = first_known([not isinstance(one, str) for one in found])
    why = found[first - 1] if first else None
    if first == len(slots):
        raise NotFound(f"None of {first} evaluations can be made: {why}.", code="backtest_no_data")
    evaluations = tuple(
        judge(slot, one) for slot, one in zip(slots[first:], found[first:], strict=True) if not isinstance(one, str)
    )
    data_from = next((one.at for one in evaluations if one.sample), None)
    if data_from is None and needs_data:
        begin, end = clock.to_text(slots[first]), clock.to_text(over.end)
        raise NotFound(f"There is no data from {begin} to {end}: {subject.watched}.", code="backtest_no_data")
    replay = replayed(evaluations, policy, slots[first] if first else over.begin, over.end)
    if data_from not in (None, evaluations[0].at):
        replay = replace(replay, begin=min([data_from, *(one.fired_at for one in replay.episodes)]))
    return Backtest(subject, over.begin, over.end, first, str(why) if first else None, data_from, evaluations, replay)


def as_json(one: Backtest) -> dict[str, Any]:
    """Return all numbers of a backtest."""
    found = one.found
    return {
        "name": one.subject.name,
        "watched": one.subject.watched,
        "numbers": one.subject.numbers,
        "unit": one.subject.unit,
        **_span(one),
        **_outcome(one),
        "verdicts": found.verdicts,
        "episodes": [
            {"firedAt": its.fired_at, "overAt": its.over_at, "seconds": round(length.total_seconds())}
            for its, length in zip(found.episodes, found.lengths, strict=True)
        ],
        "transitions": [{"at": its.at, "kind": its.kind, "number": its.number} for its in found.transitions],
        "points": [
            {"at": its.at, "value": its.value, "sample": its.sample, "verdict": its.verdict} for its in one.evaluations
        ],
    }


def swept_as_json(swept: Swept) -> dict[str, Any]:
    """Return all numbers of a sweep."""
    (_, first), *_ = swept.tried
    return {
        "name": swept.subject.name,
        "watched": swept.subject.watched,
        "numbers": swept.subject.numbers,
        "unit": swept.subject.unit,
        "from": first.begin,
        "to": first.end,
        "member": swept.member,
        "values": [{"value": value, **_span(one), **_outcome(one)} for value, one in swept.tried],
    }


def _span(one: Backtest) -> dict[str, Any]:
    return {
        "from": one.begin,
        "to": one.end,
        "judgedFrom": one.judged_from,
        "notJudged": one.unknown,
        "whyNotJudged": one.why_unknown,
        "dataFrom": one.data_from,
        "countedFrom": one.found.begin,
        "lackingSince": one.lacking_since,
        "evaluations": len(one.evaluations),
    }


def _outcome(one: Backtest) -> dict[str, Any]:
    found = one.found
    return {
        "alarms": found.alarms,
        "alarmsAMonth": found.alarms_a_month,
        "firingDays": found.firing.total_seconds() / 86_400,
        "firingShare": found.share,
        "longestSeconds": round(max((one.total_seconds() for one in found.lengths), default=0)),
    }
