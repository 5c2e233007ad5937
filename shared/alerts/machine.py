"""Alert state machine: when does an alert fire, clear and remind? Pure: a state and an evaluation in, a state out.

OK → PENDING → FIRING → RECOVERING → OK, with NO_DATA and ERROR as states of their own, per (rule, scope). What is told
is always the difference between what is so and what was told last; so no message is sent twice in a row, and what was
so during a silence is told after it, if it is still so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

Name = Literal["OK", "PENDING", "FIRING", "RECOVERING", "NO_DATA", "ERROR"]
Verdict = Literal["breach", "pass", "clear", "no_data", "error", "unwatched"]
"""``pass`` is no breach; ``clear`` is a pass by more than the margin: only it counts towards clearing.

``unwatched``: nobody wants to know any more. It ends whatever is open at once.
"""
Kind = Literal["firing", "reminder", "resolved", "error", "error_over"]
OVER: frozenset[str] = frozenset({"resolved", "error_over"})
"""Kinds that tell that something is over."""
ABOUT_ERRORS: frozenset[str] = frozenset({"error", "error_over"})
"""Kinds that tell whether a rule can be evaluated; the others tell whether it fires."""


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """The numbers of a rule. All times are durations.

    `window` is the length of what is evaluated; `dedup` (at least the window) is how long after the window that fired
    nothing fires anew: windows that overlap would tell the same event twice. `remind_every` None: never.
    """

    window: timedelta
    breaches_to_fire: int = 1
    passes_to_clear: int = 1
    failures_to_error: int = 3
    remind_every: timedelta | None = None
    dedup: timedelta = timedelta()

    @property
    def quiet(self) -> timedelta:
        """How long after the window that fired nothing fires anew."""
        return max(self.window, self.dedup)


@dataclass(frozen=True, slots=True)
class State:
    """What is known of one (rule, scope). The first one is OK, and nothing has been told."""

    name: Name = "OK"
    since: datetime | None = None
    breaches: int = 0
    """Breaches in a row."""
    clears: int = 0
    """Clears in a row, while an alert is open."""
    failures: int = 0
    """Evaluations in a row that failed."""
    fired_at: datetime | None = None
    """When the open alert began to fire; None when none is open."""
    quiet_until: datetime | None = None
    told_firing: bool = False
    told_error: bool = False
    told_at: datetime | None = None
    """When firing or a reminder was told last."""
    told_fired_at: datetime | None = None
    """Since when the alert fires that was told last."""
    reminders: int = 0
    """How many were told since firing was."""
    silenced_until: datetime | None = None
    told: int = 0
    """How many transitions have been told: the number of the next one."""

    @property
    def is_open(self) -> bool:
        """Whether an alert fires or recovers, though there may be no data or an error just now."""
        return self.fired_at is not None

    @property
    def is_settled(self) -> bool:
        """Whether it is OK, and all that was told is told to be over."""
        return self.name == "OK" and not (self.is_open or self.told_firing or self.told_error)


@dataclass(frozen=True, slots=True)
class Transition:
    """Something to tell: its kind, its number among those of its (rule, scope), and since when the alert fires.

    `number` names it: the same transition always has the same one.
    """

    kind: Kind
    number: int
    at: datetime
    fired_at: datetime | None
    reminder: int = 0


def step(state: State, verdict: Verdict, policy: AlertPolicy, now: datetime) -> tuple[State, Transition | None]:
    """Return the state after an evaluation at `now` (also the end of its window), and what is to be told, if anything.

    At most one transition a step; another one that is due comes with the next.
    """
    after = _evaluated(state, verdict, policy, now)
    if after.name != state.name:
        after = replace(after, since=now)
    if after.silenced_until is not None and now < after.silenced_until:
        return after, None
    return _told(after, policy, now)


def clears_at(threshold: float, margin: float, *, breach: Literal["below", "above"]) -> float:
    """Return from which percentage on a rate clears: the threshold and the margin, within what a rate can reach.

    `breach` says on which side of the threshold it breaches. `margin` is in points.
    """
    return min(threshold + margin, 100.0) if breach == "below" else max(threshold - margin, 0.0)


def silenced(state: State, until: datetime | None) -> State:
    """Return the state with a silence until an instant; None ends it."""
    return replace(state, silenced_until=until)


def begun_anew(state: State) -> State:
    """Return the state of a rule that takes the place of an earlier one: what was told stays told, until it is over."""
    return replace(state, name="OK", breaches=0, clears=0, failures=0, fired_at=None, quiet_until=None)


def _evaluated(state: State, verdict: Verdict, policy: AlertPolicy, now: datetime) -> State:
    if verdict == "unwatched":
        # Whoever watches it again wants to hear of it, though the windows overlap: it was told to be over.
        quiet = None if state.is_open else state.quiet_until
        return replace(state, name="OK", breaches=0, clears=0, failures=0, fired_at=None, quiet_until=quiet)
    if verdict == "error":
        failures = state.failures + 1
        name = "ERROR" if failures >= policy.failures_to_error else state.name
        return replace(state, name=name, failures=failures)
    state = _with(state, failures=0)
    if verdict == "no_data":
        return _with(state, name="NO_DATA", breaches=0, clears=0)
    if verdict == "breach":
        return _breached(replace(state, breaches=state.breaches + 1, clears=0), policy, now)
    return _passed(_with(state, breaches=0), verdict, policy)


def _breached(state: State, policy: AlertPolicy, now: datetime) -> State:
    if state.is_open:
        return replace(state, name="FIRING")
    is_quiet = state.quiet_until is not None and now < state.quiet_until
    if state.breaches < policy.breaches_to_fire or is_quiet:
        return replace(state, name="PENDING")
    return replace(state, name="FIRING", fired_at=now, quiet_until=now + policy.quiet)


def _passed(state: State, verdict: Verdict, policy: AlertPolicy) -> State:
    if not state.is_open:
        return _with(state, name="OK", clears=0)
    if verdict != "clear":
        return _with(state, name="FIRING", clears=0)  # better, but not by the margin
    clears = state.clears + 1
    if clears < policy.passes_to_clear:
        return replace(state, name="RECOVERING", clears=clears)
    return replace(state, name="OK", clears=0, fired_at=None)


def _told(after: State, policy: AlertPolicy, now: datetime) -> tuple[State, Transition | None]:
    in_error = after.name == "ERROR"
    if in_error != after.told_error:
        kind: Kind = "error" if in_error else "error_over"
        return _tell(replace(after, told_error=in_error), kind, now, after.fired_at)
    if in_error:
        return after, None
    if after.is_open and not after.told_firing:
        telling = replace(after, told_firing=True, told_at=now, told_fired_at=after.fired_at, reminders=0)
        return _tell(telling, "firing", now, after.fired_at)
    if not after.is_open and after.told_firing:
        return _tell(replace(after, told_firing=False, told_at=None), "resolved", now, after.told_fired_at)
    if after.name == "FIRING" and after.is_open and _is_reminded(after, policy, now):
        reminded = replace(after, told_at=now, reminders=after.reminders + 1)
        return _tell(reminded, "reminder", now, after.fired_at)
    return after, None


def _is_reminded(state: State, policy: AlertPolicy, now: datetime) -> bool:
    if state.told_at is None or policy.remind_every is None:
        return False
    return now - state.told_at >= policy.remind_every


def _with(state: State, **values: Any) -> State:
    """Return the state with these values: itself where it has them, since a backtest takes very many steps."""
    is_so = all(getattr(state, name) == value for name, value in values.items())
    return state if is_so else replace(state, **values)


def _tell(state: State, kind: Kind, now: datetime, fired_at: datetime | None) -> tuple[State, Transition]:
    number = state.told + 1
    reminder = state.reminders if kind == "reminder" else 0
    return replace(state, told=number), Transition(kind, number, now, fired_at, reminder)
