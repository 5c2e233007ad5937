"""Verdict: is all well, and if not, what is wrong first?

Pure rules over what `status` has read. The cause comes before its effects: storage, clocks, the host, gates, overdue
jobs, dead letters, timers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from operations.dead_letters import Cause
from operations.explanations import no_host
from operations.gates import ClosedGate
from shared import clock
from shared.errors import NightshiftError
from shared.jobs.worker_heartbeats import HostSeen
from shared.lengths import length

CAUSES_TOLD = 3
"""Causes of dead letters that are told one by one; the others are counted."""

Level = Literal["wrong", "warning", "ok"]


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many messages a queue holds; None with the `error` that prevented knowing it."""

    name: str
    depth: int | None
    error: NightshiftError | None


@dataclass(frozen=True, slots=True)
class OpenLetters:
    """How many dead letters are open, when the oldest failed last, and what the last failed 300 died of.

    `of_jobs` are jobs in state dead; the others (`of_messages`) are bodies that were no job's, or plain messages.
    """

    open: int
    oldest: str | None
    of_jobs: int
    of_messages: int
    causes: tuple[Cause, ...]

    @property
    def looked_at(self) -> int:
        """How many letters the causes are of."""
        return sum(cause.count for cause in self.causes)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that the verdict says. `fields` name what a next step is about, such as a gate or a cause.

    wrong: jobs don't run, or not right, until somebody does something. warning: worth a look.
    """

    level: Level
    code: str
    message: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a verdict is about. `overdue` counts jobs whose message is gone; `beats` are heartbeats by name."""

    queues: Sequence[QueueDepth]
    clocks: Mapping[str, Any]
    host: HostSeen
    gates: Sequence[ClosedGate]
    overdue: int
    letters: OpenLetters
    beats: Mapping[str, Mapping[str, Any]]
    now: datetime


def verdict(seen: Seen) -> tuple[Remark, ...]:
    """Return what there is to say: what is wrong first, each in the order of causes; last what is well."""
    found = [*_storage(seen), *_clocks(seen), *_host(seen), *_gates(seen), *_overdue(seen)]
    found += [*_dead_letters(seen.letters), *_timers(seen)]
    weights = {"wrong": 0, "warning": 1, "ok": 2}
    return tuple(sorted(found, key=lambda remark: weights[remark.level]))


def _storage(seen: Seen) -> Iterator[Remark]:
    alike: dict[str, list[QueueDepth]] = {}
    for queue in seen.queues:
        if queue.error is not None:
            alike.setdefault(queue.error.code, []).append(queue)
    for code, queues in alike.items():
        if code == "queue_missing":
            yield Remark("wrong", code, _missing([queue.name for queue in queues]))
        else:
            yield Remark("wrong", code, f"The queues can't be asked: {queues[0].error}")


def _missing(names: list[str]) -> str:
    if len(names) == 1:
        return f"Queue {names[0]} is missing."
    return f"Queue {names[0]} and {len(names) - 1} other{'s' * (len(names) > 2)} are missing."


def _clocks(seen: Seen) -> Iterator[Remark]:
    for worker in seen.clocks["workers"]:
        text = f"The clock of {worker['machine']} is off by {worker['aheadSeconds']:+.0f} s: it takes no work."
        yield Remark("wrong", "clock_off", text, {"machine": worker["machine"]})
    here = seen.clocks["here"]
    if here is not None and here["off"]:
        text = f"This machine's clock is off by {here['aheadSeconds']:+.0f} s: times shown here are wrong."
        yield Remark("wrong", "clock_off", text, {"machine": here["machine"]})


def _host(seen: Seen) -> Iterator[Remark]:
    if not seen.host.is_there(seen.now):
        said = no_host(seen.host, seen.now)
        yield Remark("wrong", "no_host", f"{said[0].upper()}{said[1:]}: nothing runs.")
        return
    assert seen.host.last is not None  # it is there
    workers = f", {seen.host.workers} worker processes" if seen.host.workers > 1 else ""
    yield Remark("ok", "host_seen", f"A host was seen {length(seen.now - seen.host.last)} ago{workers}.")


def _gates(seen: Seen) -> Iterator[Remark]:
    for gate in seen.gates:
        if gate.due is None:
            until = "until somebody opens it"
        else:
            until = f"until {clock.to_text(gate.due)}" if gate.due > seen.now else "until the next job has tried it"
        text = f"Gate {gate.name} {_held(gate)} {until}: {gate.reason} (by {gate.by})."
        yield Remark("warning", "gate_closed", text, {"gate": gate.name})


def _held(gate: ClosedGate) -> str:
    held = [f"{gate.jobs} job{'s' * (gate.jobs != 1)}"] if gate.jobs else []
    if gate.messages:
        held.append(f"{gate.messages} message{'s' * (gate.messages != 1)} without a job yet")
    return f"holds back {' and '.join(held)}" if held else "is closed, with nothing waiting,"


def _overdue(seen: Seen) -> Iterator[Remark]:
    if seen.overdue == 1:
        text = "1 job is overdue, its message or its worker gone: RescueJobs wakes it."
    else:
        text = f"{seen.overdue} jobs are overdue, their messages or workers gone: RescueJobs wakes them."
    if seen.overdue:
        yield Remark("warning", "overdue", text)


def _dead_letters(letters: OpenLetters) -> Iterator[Remark]:
    for cause in letters.causes[:CAUSES_TOLD]:
        count = f"{cause.count} dead letter{'s' * (cause.count != 1)}"
        if letters.looked_at < letters.open:
            count = f"{cause.count} of the last {letters.looked_at} dead letters died"
        yield Remark(
            "warning", "dead_letters", f"{count} of {cause.code}: {cause.example['message']}", {"cause": cause.cause}
        )
    others = letters.open - sum(cause.count for cause in letters.causes[:CAUSES_TOLD])
    if others > 0:
        which = "of other causes" if letters.looked_at >= letters.open else "of these or other causes"
        text = f"{others} more dead letter{'s' * (others != 1)} {which}."
        yield Remark("warning", "more_dead_letters", text)


def _timers(seen: Seen) -> Iterator[Remark]:
    for name, beat in sorted(seen.beats.items()):
        error = beat.get("lastError")
        if error and error["at"] > beat.get("lastSuccess", ""):
            yield Remark(
                "warning", "timer_failed", f"{name} failed last: {error['code']}: {error['message']}", {"timer": name}
            )
