"""Runs that are explained: what does one wait for, why didn't it run, and when does it? Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from operations.explain.answer import Answer
from operations.explain.jobs import JobFacts
from operations.explain.jobs import answer_of as job_answer
from operations.explain.timer_trouble import Beat, trouble
from operations.explanations import Surroundings, explained, no_host
from operations.runs import Run
from shared import clock, instants
from shared.jobs import history
from shared.jobs.record import ENDED, LIVE, Record
from shared.jobs.runs.catch_up import GRACE
from shared.jobs.runs.definition import RunDefinition
from shared.jobs.runs.slots import Slot

_POLICIES = {
    "last": "CatchUpRuns runs it, unless a later slot was missed too",
    "once": "CatchUpRuns lets one run stand for all slots that were missed",
    "none": "CatchUpRuns records it as missed: slots of this run aren't caught up",
}


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What was read of a run: its entry in the ledger (None: it was never opened), its definition (None: this version
    of the app has none), the slot that was asked for, its job, and some of its shards that haven't ended.

    `settled` and `active_since` are of the schedule: up to which instant CatchUpRuns has settled its slots, and since
    when it does.
    """

    name: str
    run: Run | None
    definition: RunDefinition | None
    slot: Slot | None
    around: Surroundings
    catch_up: Beat
    job: JobFacts | None = None
    open_shards: tuple[Record, ...] = ()
    active_since: datetime | None = None
    settled: datetime | None = None

    @property
    def now(self) -> datetime:
        """When it was read."""
        return self.around.now

    def at(self, instant: datetime | str) -> str:
        """Return an instant as people read it."""
        return instants.short(clock.parse(instant) if isinstance(instant, str) else instant, self.now)


@dataclass(frozen=True, slots=True)
class _Told:
    code: str
    sentences: tuple[str | None, ...]
    next_at: datetime | None = None
    gate: str | None = None


def answer_of(facts: RunFacts) -> Answer:
    """Return why a run is where it is."""
    run = facts.run
    if run is None:
        told, state = _unopened(facts), "not opened"
    else:
        told, state = _opened(facts, run), run.status
    wanted = run.id if run else f"{facts.name}|{facts.slot.text}" if facts.slot else facts.name
    slot = run.slot if run else facts.slot.text if facts.slot else ""
    return Answer(
        "run", wanted, None, state, told.code, tuple(one for one in told.sentences if one), told.next_at,
        gate=told.gate,
        fields={"id": wanted, "name": facts.name, "slot": slot,
                "gate": told.gate or ""},
    )  # fmt: skip


def _unopened(facts: RunFacts) -> _Told:
    definition, slot = facts.definition, facts.slot
    assert definition is not None  # else nobody knows of such a run
    if definition.schedule is None:
        return _Told("unasked", ("has no schedule: it runs when it is asked for, and it hasn't been asked for",))
    if slot is None:
        coming = definition.slots.at(definition.slots.schedule.after(facts.now))
        return _Told("not_yet", ("hasn't run yet", _opens(facts, coming)), coming.at)
    if not definition.is_due(slot, facts.now):
        return _Told("not_due", ("isn't due yet", _opens(facts, slot)), slot.at)
    due = f"was due at {facts.at(slot.at)}"
    if facts.active_since is None or slot.at < facts.active_since:
        since = f" (since {facts.at(facts.active_since)})" if facts.active_since is not None else ""
        early = f"{due}, before CatchUpRuns knew its schedule{since}"
        return _Told("before_active", (early, "it is run by hand only", _following(facts)))
    if facts.settled is not None and slot.at <= facts.settled:
        return _Told("forgotten", (f"{due}, and the ledger has forgotten what became of it", _following(facts)))
    if facts.now - slot.at <= GRACE and facts.around.host.is_there(facts.now):
        waits = f"is due since {facts.at(slot.at)}: its timer {definition.timer} may fire some seconds late"
        return _Told("late", (waits, f"after that, {_POLICIES[definition.catch_up]}"), slot.at + GRACE)
    return _not_fired(facts, f"{due}, and its timer {definition.timer} didn't fire", _POLICIES[definition.catch_up])


def _not_fired(facts: RunFacts, why: str, then: str) -> _Told:
    """Return that a timer was silent, and what keeps its slot from being caught up."""
    if not facts.around.host.is_there(facts.now):
        said = no_host(facts.around.host, facts.now)
        return _Told("no_host", (f"{why}: {said}", f"once a host is there, {then}", _following(facts)))
    if (wrong := trouble(facts.catch_up, facts.now)) is not None:
        return _Told("timer_silent", (why, f"nobody catches it up, as {wrong}", _following(facts)))
    return _Told("timer_silent", (why, f"within five minutes, {then}", _following(facts)))


def _opens(facts: RunFacts, slot: Slot) -> str:
    assert facts.definition is not None  # it has slots
    return f"its timer {facts.definition.timer} opens slot {slot.text} at {facts.at(slot.at)}"


def _following(facts: RunFacts) -> str | None:
    """Return when the run's next slot is."""
    if facts.definition is None or facts.definition.schedule is None:
        return None
    coming = facts.definition.slots.at(facts.definition.slots.schedule.after(facts.now))
    return f"the next slot, {coming.text}, is at {facts.at(coming.at)}"


def _opened(facts: RunFacts, run: Run) -> _Told:
    if run.status == "missed":
        stands = f"run {run.covered_by} stands for it" if run.covered_by else "no run stands for it"
        fired = f"wasn't run: its timer didn't fire at {facts.at(run.slot_at)}" if run.slot_at else "wasn't run"
        return _Told("covered" if run.covered_by else "missed", (fired, stands, _following(facts)))
    return _over(facts, run) if run.ended_at is not None else _live(facts, run)


def _over(facts: RunFacts, run: Run) -> _Told:
    assert run.ended_at is not None  # it is over
    at, shards = facts.at(run.ended_at), run.shards or {}
    counted = _counted(run.counters or {})
    if run.status == "failed":
        error = run.error or {}
        said = f": {error['code']}: {error['message']}" if error else ""
        rest = f"its job is a dead letter: replayed, it goes on with its phase, {run.phase or 'planning'}"
        return _Told("run_failed", (f"failed at {at}{said}", rest, _following(facts)))
    if run.status == "cancelled":
        event = history.last_event(facts.job.record) if facts.job else None
        by = f" by {event['by']}" if event and event.get("by") else ""
        why = f": {event['why']}" if event and event.get("why") else ""
        return _Told("cancelled", (f"was cancelled at {at}{by}{why}", _following(facts)))
    lost = sum(count for state, count in shards.items() if state != "completed")
    failed = f"{lost} of {sum(shards.values())} shards failed" if lost else None
    return _Told(
        "run_failures" if lost else run.status, (f"ended at {at}: {run.status}", failed, counted, _following(facts))
    )


def _live(facts: RunFacts, run: Run) -> _Told:
    shards, phase = run.shards or {}, run.phase
    open_ones = sum(shards.get(state, 0) for state in LIVE)
    if phase == "planning":
        begun = facts.at(run.planning_at) if run.planning_at else None
        said = f"is planned since {begun}, {run.planned or 0} shards so far" if begun else "is about to be planned"
    elif phase == "running" and open_ones:
        since = f" since {facts.at(run.running_at)}" if run.running_at else ""
        states = _counted({state: shards.get(state, 0) for state in LIVE})
        said = f"waits{since} for {open_ones} of {sum(shards.values())} shards ({states})"
    elif phase in ("running", "fan-in"):
        count = sum(shards.get(state, 0) for state in ENDED)
        said = f"has no open shard any more ({count} have ended): it adds up what they did"
    else:
        since = f" since {facts.at(run.opened_at)}" if run.opened_at else ""
        said = f"is asked for{since} by {run.by}, and no worker has begun it"
    job = _job(facts)
    return _Told(job.code, (said, *_why_open(facts), *job.sentences), job.next_at, job.gate)


def _job(facts: RunFacts) -> _Told:
    """Return what keeps the job of a run that hasn't ended from its next step."""
    if facts.job is None:
        return _Told("job_gone", ("its job is gone: CatchUpRuns records it as failed within five minutes",))
    record = facts.job.record
    if record.ended:
        why = f" of {record.reason.code}: {record.reason.message}" if record.reason else ""
        ended = f"its job is {record.status}{why}: CatchUpRuns writes that into the ledger within five minutes"
        return _Told("job_ended", (ended,))
    answer = job_answer(facts.job)
    if answer.code == "next_look":
        again = f"it looks again at {facts.at(answer.next_at)}" if answer.next_at else None
        return _Told("run_waits", (again,), answer.next_at)
    return _Told(answer.code, tuple(f"its job {one}" if n == 0 else one for n, one in enumerate(answer.sentences)),
                 answer.next_at, answer.gate)  # fmt: skip


def _why_open(facts: RunFacts) -> list[str]:
    """Return what keeps those of the open shards that were looked at, the most frequent reason first."""
    if not facts.open_shards:
        return []
    found = [explained(shard, facts.around) for shard in facts.open_shards]
    whys = Counter(
        (one.why or one.code) + (f", until {facts.at(one.until)}" if one.until and one.code != "overdue" else "")
        for one in found
    )
    return [f"{count} of those looked at: {why}" for why, count in whys.most_common(3)]


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)
