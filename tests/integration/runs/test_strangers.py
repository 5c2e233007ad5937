"""Can anybody who is called like a run, or asks for one by an odd name, get in its way?"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shared.documents.ids import compound
from shared.jobs import transitions
from shared.jobs.record import JobKey, Record
from shared.jobs.runs.job import RunJob, id_of, key_of
from tests.integration.jobs.worlds import MovingClock
from tests.integration.runs.worlds import SHARD_QUEUE, Rounds, RunWorld, run_world

RUN = "rounds|2026-W48"


async def a_job_of(world: RunWorld, user: str) -> Record:
    """Leave a job that a user of that name has asked for, and nobody has done."""
    kind = world.definition.shard_kind(world.services.settings)
    job = transitions.new_queued(kind, JobKey(user, "like"), {"run": "x", "shard": "y"}, by=user, traceparent=None)
    return (await world.records.create(replace(job, rescue_at=None))).record


@pytest.mark.parametrize("user", [RUN, f"~run|{RUN}", "rounds", "~runs|rounds"])
async def test_jobs_of_a_user_called_like_a_run_are_none_of_its_shards(time: MovingClock, user: str) -> None:
    world = run_world(time, rounds=Rounds(count=3, page=2))
    await a_job_of(world, user)

    await world.open_latest_run()
    await world.work_off()

    entry = await world.entry(RUN)
    assert (entry.status, dict(entry.shards)) == ("completed", {"completed": 3})


async def test_cancelling_a_run_leaves_the_jobs_of_a_user_called_like_it_alone(time: MovingClock) -> None:
    world = run_world(time, rounds=Rounds(count=3, page=2))
    job = await a_job_of(world, RUN)
    await world.open_latest_run()
    await world.step()

    await world.interventions.cancel(await world.job(RUN))

    held = await world.records.get(job.key)
    assert held is not None
    assert held.record == job
    assert {record.status for record in (await world.shards(RUN)).values()} == {"cancelled"}


async def test_a_run_that_is_asked_for_by_the_name_of_another_is_none_of_its_shards(time: MovingClock) -> None:
    world = run_world(time, rounds=Rounds(count=3, page=2))
    world.put_run(name=RUN, slot="s00000")
    world.queues.put(SHARD_QUEUE, json.dumps({"run": f"~run|{RUN}", "shard": "s00000"}).encode())
    await world.work_off()

    await world.open_latest_run()
    await world.work_off()

    entry = await world.entry(RUN)
    assert (entry.status, dict(entry.shards)) == ("completed", {"completed": 3})


async def test_a_slot_that_is_written_like_a_forced_run_is_not_one(time: MovingClock) -> None:
    assert key_of(RunJob(name="rounds", slot="2026-W48|1")) != key_of(RunJob(name="rounds", slot="2026-W48", n=1))
    assert id_of("rounds", "2026-W48", 1) == compound("rounds", "2026-W48", "1") == "rounds|2026-W48|1"


async def test_a_slot_that_is_written_otherwise_leaves_no_run_in_the_ledger(time: MovingClock) -> None:
    world = run_world(time, slot_form="instant")
    world.put_run(name="rounds", slot="2026-11-23T09:00:00Z")

    await world.work_off()

    assert await world.runs() == {}
