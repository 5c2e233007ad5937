"""Jobs that are explained: what a record, gates, the queue and heartbeats say of one, in sentences.

Pure. Why it doesn't run is operations/explanations.py's word, as in lists of jobs; here it becomes a paragraph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from operations.explain.answer import Answer, Attempts
from operations.explain.gates import code_of, phrase
from operations.explain.timer_trouble import Beat, trouble
from operations.explain.traffic import Traffic
from operations.explain.traffic import told as traffic_told
from operations.explanations import Explanation, Surroundings, explained, no_host
from shared import clock, instants
from shared.jobs import history
from shared.jobs.gates import Gate
from shared.jobs.kinds import Kind
from shared.jobs.record import Record
from shared.jobs.trust import trusted


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What was read of a job that isn't dead: its record, what all jobs depend on, its queue, RescueJobs.

    `superseded_by` is the job that asked later for the same thing.
    """

    record: Record
    around: Surroundings
    rescuer: Beat
    traffic: Traffic = field(default_factory=Traffic)
    superseded_by: str | None = None

    @property
    def now(self) -> datetime:
        """When it was read."""
        return self.around.now


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a job: a code, sentences, and when something happens to it."""

    code: str
    sentences: tuple[str | None, ...]
    next_at: datetime | None = None
    waits: bool = True
    """Whether what is ahead of it in its queue matters."""
    moves: bool = True
    """Whether that moves."""


def answer_of(facts: JobFacts) -> Answer:
    """Return why a job is where it is."""
    explanation = explained(facts.record, facts.around)
    kind = facts.around.kinds.get(facts.record.kind)
    if facts.record.ended:
        return _answer(facts, _ended(facts), explanation, None)
    if kind is None:
        told = Told("kind_unknown", (f"waits: {explanation.why}",), waits=False)
        return _answer(facts, told, explanation, None)
    told = _LIVE[explanation.code](_Live(facts, trusted(facts.record, kind.policy, facts.now), kind, explanation))
    return _answer(facts, told, explanation, kind)


@dataclass(frozen=True, slots=True)
class _Live:
    """A job that hasn't ended: its record without what can't be, its kind, and what keeps it."""

    facts: JobFacts
    record: Record
    kind: Kind
    explanation: Explanation

    def at(self, instant: datetime | None) -> str:
        return instants.short(instant, self.facts.now) if instant is not None else "any time"

    @property
    def since(self) -> str:
        """Since when it is as it is."""
        event = history.last_event(self.record)
        return self.at(clock.parse(event["at"]) if event else self.record.updated_at)

    @property
    def failed(self) -> str | None:
        """How the last attempt failed."""
        failure = history.last_failure(self.record)
        if failure is None:
            return None
        what = {"held": "was held back before", "dead": "died before"}.get(failure["what"], "failed before")
        if failure["what"] == "attempt failed":
            attempt = failure.get("attempt", self.record.attempts)
            what = f"failed at attempt {attempt} of {self.kind.policy.max_attempts}"
        return f"{what}: {failure['code']}: {failure['message']}"

    @property
    def left(self) -> str | None:
        """How many attempts are left, once one is used."""
        most = self.kind.policy.max_attempts
        return None if not self.record.attempts else f"{most - self.record.attempts} of {most} attempts left"

    @property
    def suspect(self) -> str | None:
        """That it has crashed, and what follows."""
        if not (count := self.record.crashes):
            return None
        limit = self.kind.policy.crash_limit
        times = "once" if count == 1 else f"{count} times"
        return f"its worker has died {times}: it runs alone in the suspect slot, and ends at crash {limit}"


def _running(live: _Live) -> Told:
    claim = live.record.claim
    assert claim is not None  # what explains it as running is its claim
    number, most = live.record.attempts + 1, live.kind.policy.max_attempts
    event = history.last_event(live.record)
    since = live.at(clock.parse(event["at"])) if event and event["what"] == "delivered" else None
    runs = f"runs since {since}" if since else "runs"
    probed = [gate for gate in _gates(live) if gate.probed]
    return Told(
        "running",
        (
            f"{runs}, attempt {number} of {most}",
            live.failed,
            live.suspect,
            f"it may be the job that tries gate {probed[0].name} now" if probed else None,
            f"its worker's claim lasts until {live.at(claim.until)} unless it is renewed",
        ),
        claim.until,
        waits=False,
    )


def _turn(live: _Live) -> Told:
    is_new = live.record.status == "queued" and not live.record.attempts and not live.record.crashes
    waits = f"waits for its turn since {_due(live)}"
    if is_new:
        waits = f"is queued since {live.since} and waits for its turn"
    due = next((gate for gate in _gates(live) if gate.due_at(live.facts.now)), None)
    tries = f"its turn may be the one that tries gate {due.name}, which is due" if due is not None else None
    sentences = (waits, live.failed, live.suspect, tries, live.left)
    return Told("suspect" if live.record.crashes else "turn", sentences)


def _due(live: _Live) -> str:
    due = live.record.due
    return live.at(due) if due is not None and due <= live.facts.now else live.since


def _no_host(live: _Live) -> Told:
    nobody = f"nobody takes work: {no_host(live.facts.around.host, live.facts.now)}"
    waits = f"waits since {live.since}, and {nobody}"
    if live.record.status == "running":
        waits = f"was begun at {live.since}, and its worker died; {nobody}"
    return Told("no_host", (waits, live.failed, live.suspect, live.left), moves=False)


def _gate_closed(live: _Live) -> Told:
    name, until = live.explanation.gate, live.explanation.until
    gate = live.facts.around.gates.get(name) if name else None
    again = f"looks again at {live.at(until)}" if until else "waits until somebody opens it"
    rest = (live.suspect, again, live.left)
    if gate is None:
        failure = history.last_failure(live.record) or {}
        said = f": {failure['code']}: {failure['message']}" if failure else ""
        opened = f"gate {name}, which is open by now," if name else "a gate"
        return Told(
            "gate_opened" if name else "held",
            (f"waits since {live.since}, as {opened} held it back{said}", *rest),
            until,
        )
    waits = f"waits since {live.since} for gate {phrase(gate, live.facts.now)}"
    return Told(code_of(gate), (waits, *rest), until, moves=until is not None)


def _gate_probed(live: _Live) -> Told:
    until = live.explanation.until
    waits = f"waits since {live.since} for gate {live.explanation.gate}, which one job tries now"
    return Told("gate_probed", (waits, f"looks again at {live.at(until)}", live.left), until)


def _next_attempt(live: _Live) -> Told:
    until = live.explanation.until
    if live.failed is None:
        return Told("next_attempt", (f"waits since {live.since}", f"it is due at {live.at(until)}"), until)
    return Told(
        "next_attempt",
        (f"waits since {live.since}, as it {live.failed}", f"tries again at {live.at(until)}", live.left),
        until,
    )


def _next_look(live: _Live) -> Told:
    until = live.explanation.until
    waits = f"waits since {live.since} for its next look: the last one ended well"
    return Told("next_look", (waits, f"looks again at {live.at(until)}"), until, waits=False)


def _released(live: _Live) -> Told:
    until = live.explanation.until
    why = (history.last_event(live.record) or {}).get("why", "it was released")
    why = "its worker was stopped" if why == "stopping" else why
    return Told("released", (f"waits since {live.since}: {why}", f"goes on at {live.at(until)}", live.left), until)


def _worker_died(live: _Live) -> Told:
    crash, limit = live.record.crashes + 1, live.kind.policy.crash_limit
    claim = live.record.claim
    over = f", its claim is over since {live.at(claim.until)}" if claim is not None else ""
    ends = "it ends then as a dead letter" if crash >= limit else "it runs again then, alone in the suspect slot"
    rescue = live.record.rescue_at
    return Told(
        "worker_died",
        (f"its worker died (crash {crash} of {limit}){over}", live.failed, _woken(live), ends, live.left),
        max(rescue, live.facts.now) if rescue is not None else None,
        waits=False,
    )


def _overdue(live: _Live) -> Told:
    rescue = live.record.rescue_at
    late = f"its message is gone: it is overdue since {live.at(rescue)}"
    return Told("overdue", (late, live.failed, live.suspect, _woken(live), live.left), live.facts.now, waits=False)


def _woken(live: _Live) -> str:
    """Return when RescueJobs wakes the job, or what keeps RescueJobs from it."""
    if (wrong := trouble(live.facts.rescuer, live.facts.now)) is not None:
        return f"RescueJobs would wake it, but {wrong}"
    rescue = live.record.rescue_at
    if rescue is None or rescue <= live.facts.now:
        return "RescueJobs wakes it within a minute"
    return f"RescueJobs wakes it within a minute of {live.at(rescue)}"


_LIVE: Mapping[str, Callable[[_Live], Told]] = {
    "running": _running,
    "turn": _turn,
    "no_host": _no_host,
    "gate_closed": _gate_closed,
    "gate_probed": _gate_probed,
    "next_attempt": _next_attempt,
    "next_look": _next_look,
    "released": _released,
    "worker_died": _worker_died,
    "overdue": _overdue,
}


def _ended(facts: JobFacts) -> Told:
    record = facts.record
    at = instants.short(record.ended_at or record.updated_at, facts.now)
    event = history.last_event(record) or {}
    rest = "nothing more happens to it by itself"
    if record.reason is not None and record.status == "cancelled":  # a slot that was left out
        return Told(record.reason.code, (f"was never to run, as was decided at {at}: {record.reason.message}", rest))
    if record.status == "completed":
        failure = history.last_failure(record)
        before = f"before that: {failure['code']}: {failure['message']}" if failure else None
        later = f"job {facts.superseded_by} asked later for the same thing, so what that one says stands"
        if facts.superseded_by is None:
            return Told("completed", (f"completed at {at}", before, rest))
        return Told("superseded", (f"completed at {at}", before, later, rest))
    by = f" by {event['by']}" if event.get("by") else ""
    why = f": {event['why']}" if event.get("why") else ""
    return Told(record.status, (f"was {record.status} at {at}{by}{why}", rest))


def _answer(facts: JobFacts, told: Told, explanation: Explanation, kind: Kind | None) -> Answer:
    record = facts.record
    waits = told.waits and not record.ended
    ahead = traffic_told(facts.traffic, moves=told.moves) if waits else None
    attempts = None
    if kind is not None and not record.ended:
        attempts = Attempts(record.attempts, max(0, kind.policy.max_attempts - record.attempts))
    return Answer(
        "job",
        record.key.id,
        record.key.scope,
        record.status,
        told.code,
        tuple(sentence for sentence in (*told.sentences, ahead) if sentence),
        told.next_at,
        attempts,
        explanation.gate,
        facts.traffic.ahead if waits else None,
        facts.traffic.rate_per_minute if waits else None,
        {"id": record.key.id, "scope": record.key.scope, "gate": explanation.gate or ""},
    )


def _gates(live: _Live) -> list[Gate]:
    names = live.kind.gates_of(live.record.payload or {})
    return [live.facts.around.gates[name] for name in names if name in live.facts.around.gates]
