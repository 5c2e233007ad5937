"""Replay: what would the state machine have told, had it judged these evaluations? Pure.

It begins with nothing known, and knows neither silences nor failures. An evaluation counts at its slot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.alerts.machine import AlertPolicy, State, Transition, Verdict, step

MONTH = timedelta(days=365.25 / 12)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was judged at a slot: the verdict, and what was compared (None: nothing could be), of so large a sample."""

    at: datetime
    verdict: Verdict
    value: float | None
    sample: int


@dataclass(frozen=True, slots=True)
class Episode:
    """An alert from when it fired until it was over; `over_at` None: it fires at the range's end."""

    fired_at: datetime
    over_at: datetime | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What evaluations from `begin` to `end` came to."""

    begin: datetime
    end: datetime
    verdicts: Mapping[Verdict, int]
    transitions: tuple[Transition, ...]

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """Its alerts, in time's order."""
        found: list[Episode] = []
        for one in self.transitions:
            if one.kind == "firing":
                found.append(Episode(one.at, None))
            elif one.kind == "resolved":
                found[-1] = Episode(found[-1].fired_at, one.at)
        return tuple(found)

    @property
    def lengths(self) -> tuple[timedelta, ...]:
        """How long each of its alerts fired, within the range."""
        return tuple((one.over_at or self.end) - one.fired_at for one in self.episodes)

    @property
    def firing(self) -> timedelta:
        """How long alerts fired, in all."""
        return sum(self.lengths, timedelta())

    @property
    def share(self) -> float:
        """Which part of the time an alert fired, 0 to 1."""
        return self.firing / (self.end - self.begin) if self.end > self.begin else 0.0

    @property
    def alarms(self) -> int:
        """How many alerts fired."""
        return sum(one.kind == "firing" for one in self.transitions)

    @property
    def alarms_a_month(self) -> float:
        """How many would have fired in a month of average length."""
        return self.alarms * (MONTH / (self.end - self.begin)) if self.end > self.begin else float(self.alarms)


def replayed(evaluations: Iterable[Evaluation], policy: AlertPolicy, begin: datetime, end: datetime) -> Replayed:
    """Return what evaluations, in time's order, would have told; `begin` and `end` are those of what is looked at."""
    state, transitions, verdicts = State(), list[Transition](), Counter[Verdict]()
    for one in evaluations:
        verdicts[one.verdict] += 1
        state, transition = step(state, one.verdict, policy, one.at)
        if transition is not None:
            transitions.append(transition)
    return Replayed(begin, end, dict(verdicts), tuple(transitions))


def first_known(is_known: Sequence[bool]) -> int:
    """Return from which place on all is known: what comes before a gap would be judged beside what isn't there."""
    return next((place + 1 for place in reversed(range(len(is_known))) if not is_known[place]), 0)
