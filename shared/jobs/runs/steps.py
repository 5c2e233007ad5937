"""Steps of a run: how does it get from planning to its end?

planning → running → fan-in → completed are steps (`Next`) of the one job. Each step leaves its effect in the ledger
under the job's generation; a step that finds the effect of its generation standing goes through that effect's ending.
A step that fails is retried like any job and goes on where the ledger says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from shared import clock
from shared.errors import Conflict, Permanent, PreconditionFailed, Transient, UsageError
from shared.jobs.kinds import Job, Next
from shared.jobs.producer import Producer
from shared.jobs.record import LIVE
from shared.jobs.record_store import Records
from shared.jobs.runs import shards
from shared.jobs.runs.definition import Run, RunDefinition, RunDefinitions, Totals
from shared.jobs.runs.ended_from_outside import cancel_shards
from shared.jobs.runs.job import RunJob, id_of
from shared.jobs.runs.ledger import Entry, HeldEntry, Ledger, log_end
from shared.jobs.runs.slots import Slot

PLANNED_A_STEP = 1_000
PLANNING_SECONDS = 60.0
"""A planning step ends after so many shards or seconds; the next message goes on."""
LOOK_SHARE, LOOK_AT_MOST = 0.02, timedelta(minutes=1)
"""A run that waits for long, such as at a closed gate, looks less often: each time it has waited for 2 % more."""
AT_ONCE = Next(timedelta())


class _Overtaken(Exception):
    """Another worker has left the effect of this generation, or ended the run: its ending is this step's too."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.id)
        self.entry = entry


@dataclass(slots=True)
class _Step:
    """One handling: the run, and its ledger as this worker read or last wrote it."""

    job: Job
    definition: RunDefinition
    run: Run
    ledger: Ledger
    held: HeldEntry

    @property
    def entry(self) -> Entry:
        return self.held.entry

    async def write(self, entry: Entry) -> None:
        """Write the ledger. Raises what `_written_meanwhile` returns when somebody else has."""
        try:
            self.held = await self.ledger.write(entry, self.held)
        except PreconditionFailed:
            found = await self.ledger.get(entry.name, entry.id)
            if found is not None and found.entry.status == "cancelled":  # while shards were being planned
                await cancel_shards(self.ledger.documents, entry.name, entry.id)
            raise _written_meanwhile(entry.id, found, self.job) from None


class RunSteps:
    """Handles the jobs of queue `job-runs`."""

    def __init__(self, definitions: RunDefinitions, *, look: timedelta, planned_a_step: int = PLANNED_A_STEP) -> None:
        self._definitions = definitions
        self._look = look
        self._planned_a_step = planned_a_step

    async def handle(self, job: Job, payload: RunJob) -> Next | None:
        """Do the step that the ledger says is due."""
        definition, slot = self._definition_of(payload)
        run = Run(
            id_of(payload.name, slot.text, payload.n), payload.name, slot, payload.n, payload.trigger, payload.by,
            job.services, payload.only if payload.n is not None else None,
        )  # fmt: skip
        ledger = Ledger(job.services.documents)
        held = await ledger.get(run.name, run.id)
        if held is not None and held.entry.status != "missed":
            entry = held.entry
            if entry.generation >= job.generation:
                return self._ending(entry)
            if entry.ended and entry.status != "failed":
                return None  # a message of another producer asks for what is done; a forced run would do it again
        try:
            step = _Step(job, definition, run, ledger, await self._begun(ledger, held, job, definition, run))
            await self._do(step)
        except _Overtaken as effect:
            return self._ending(effect.entry)
        return self._ending(step.entry)

    async def _do(self, step: _Step) -> None:
        phase = step.entry.phase
        if phase == "planning":
            await self._plan(step)
        elif phase == "running":
            await self._look_at_shards(step)
        elif phase == "fan-in":
            await self._fan_in(step)
        else:
            assert_never(phase)

    def _definition_of(self, payload: RunJob) -> tuple[RunDefinition, Slot]:
        try:
            definition = self._definitions.named(payload.name)
            slot = definition.read(payload.slot)
        except UsageError as error:
            raise Permanent(str(error), code="unknown_run", dependency="message") from None
        if slot.text != payload.slot:
            raise Permanent(f"The slot {payload.slot!r} is written {slot.text!r}", code="unknown_run")
        return definition, slot

    def _ending(self, entry: Entry) -> Next | None:
        """Return what follows from the ledger: the next phase at once, another look soon, or nothing."""
        if entry.ended:
            return None
        if entry.phase != "running":
            return AT_ONCE
        running = clock.now() - (entry.running_at or clock.now())
        return Next(max(self._look, min(running * LOOK_SHARE, LOOK_AT_MOST)))

    async def _begun(
        self, ledger: Ledger, held: HeldEntry | None, job: Job, definition: RunDefinition, run: Run
    ) -> HeldEntry:
        """Return the entry of a run that goes on: written first when it is new, was missed, or had failed."""
        if held is not None and not held.entry.ended:
            return held
        now = clock.now()
        if held is not None and held.entry.status == "failed":
            entry = replace(held.entry, status=held.entry.phase, error=None, ended_at=None)
        else:
            entry = Entry(
                run.id, run.name, run.slot.text, run.slot.at, "planning", run.trigger, run.by, definition.kept, run.n,
                opened_at=job.first_seen, planning_at=now, for_one=run.only is not None or None,
            )  # fmt: skip
        try:
            return await ledger.write(entry, held)
        except (Conflict, PreconditionFailed):
            raise _written_meanwhile(entry.id, await ledger.get(entry.name, entry.id), job) from None

    async def _plan(self, step: _Step) -> None:
        """Enqueue page after page; the cursor is in the ledger before the next page is asked for."""
        services, began, done = step.run.services, clock.now(), 0
        shard_kind = step.definition.shard_kind
        kind = shard_kind(services.settings) if shard_kind is not None else None
        producer = Producer(Records(services.documents), services.queues)
        while True:
            cursor = step.entry.cursor
            page = await step.definition.plan(step.run, cursor)
            if page.after is not None and page.after == cursor:
                raise Permanent(f"The plan of {step.run.id} stands still at {cursor!r}", code="plan_stands_still")
            count = 0
            if kind is not None:
                count = await shards.enqueue(producer, kind, step.run.id, page.shards, by=f"run {step.run.id}")
            done += count
            counters = _sum(step.entry.counters, page.counters)
            planned = replace(step.entry, cursor=page.after, planned=step.entry.planned + count, counters=counters)
            if page.after is None:
                count = await shards.count(services.documents, step.run.id)
                planned = replace(planned, planned=count, running_at=clock.now())
                await self._go_on(step, planned, await shards.still_open(services.documents, step.run.id))
                return
            is_long = clock.now() - began >= timedelta(seconds=PLANNING_SECONDS)
            if done >= self._planned_a_step or is_long:
                await step.write(replace(planned, generation=step.job.generation))
                return
            await step.write(planned)

    async def _look_at_shards(self, step: _Step) -> None:
        open_now = await shards.still_open(step.run.services.documents, step.run.id)
        if open_now == _open_of(step.entry.shards) > 0:
            return
        await self._go_on(step, step.entry, open_now)

    async def _go_on(self, step: _Step, entry: Entry, open_now: int) -> None:
        """Write how far the shards are: still running, or ready to be fanned in when none was open.

        That was one count. How many are in each state are several: while shards move, those may miss one.
        """
        found = await shards.by_state(step.run.services.documents, step.run.id)
        entry = replace(entry, generation=step.job.generation, shards=found)
        if open_now:
            entry = replace(entry, status="running", phase="running")
        else:
            entry = replace(entry, status="fan-in", phase="fan-in", fan_in_at=clock.now())
        await step.write(entry)

    async def _fan_in(self, step: _Step) -> None:
        found = await shards.by_state(step.run.services.documents, step.run.id)
        totals = Totals(found)
        counters = await step.definition.fan_in(step.run, totals)
        await step.write(
            replace(
                step.entry,
                status="completed_with_failures" if totals.failed or counters.get("failed") else "completed",
                generation=step.job.generation,
                shards=found,
                counters={**step.entry.counters, **counters},
                ended_at=clock.now(),
            )
        )
        log_end(step.entry)


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in (*one, *other)}


def _open_of(found: Mapping[str, int]) -> int:
    return sum(found.get(state, 0) for state in LIVE)


def _written_meanwhile(id: str, found: HeldEntry | None, job: Job) -> Exception:
    """Return what a step raises that finds its ledger written by another.

    Of this generation, or a later one (who ends a run takes that): no attempt is spent on what is done. Else the next
    handling sees what it says then.
    """
    if found is not None and found.entry.generation >= job.generation:
        return _Overtaken(found.entry)
    return Transient(f"The ledger of run {id} was written meanwhile", code="ledger_contended", dependency="store")
