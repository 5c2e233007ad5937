"""Do findings about jobs, queues, gates, sources, models, roll-ups and clocks fire and resolve?"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from operations import alerts
from processors.catalogue import SOURCES
from processors.scraper import sources
from processors.taste.kind import taste_kind
from shared import clock, heartbeats
from shared.documents.containers import JOB_HEALTH, JOBS, ROLLUP_WORK
from shared.errors import Unavailable
from shared.jobs import ended_events, transitions
from shared.jobs.gates import Gates
from shared.jobs.record import Claim, JobKey, Record
from shared.rollups import marks
from shared.rollups.rolling_up import roll_up, source_of
from shared.usage.budget import Caller, Usage
from tests import cosmos_stores
from tests.actors import ADMIN
from tests.integration.health.worlds import HealthWorld
from tests.integration.jobs.worlds import Handling, MovingClock
from tests.jobs_world import World, errand_kind

DAY = timedelta(days=1)
TASTE = "taste-analysis-jobs"
REASON = transitions.reason_of("taste", Unavailable("gone", code="gone"))


async def asked(world: HealthWorld, name: str) -> JobKey:
    """Let a producer of ours ask for a like."""
    payload = {"user_id": "ada", "item_id": name, "image_url": "https://a.example/x.png", "job_id": name}
    return (await world.producer.enqueue(taste_kind(world.settings), payload, by="test")).key


async def completed(world: HealthWorld, key: JobKey) -> None:
    """Let a job be claimed and completed."""
    held = await world.records.get(key)
    assert held is not None
    seen = {"id": "1", "putAt": clock.text_now(), "dequeueCount": 1}
    claim = Claim("t", clock.now() + timedelta(minutes=1))
    claimed = transitions.claimed(
        held.record, generation=0, crashes=0, claim=claim, payload=None, seen=seen, traceparent=None
    )
    running = await world.records.replace(held, claimed)
    await world.records.replace(running, transitions.completed(running.record))


async def rolled_up(world: HealthWorld) -> None:
    """Recompute all that is marked."""
    found = [marks.standing(document).mark async for document in world.documents.query(ROLLUP_WORK)]
    for mark in found:
        await roll_up(world.documents, source_of(SOURCES, mark.kind), [mark])


async def test_an_unfinished_job_of_a_day_is_told_once_it_has_grown_older_for_three_looks(world: HealthWorld) -> None:
    key = await asked(world, "straw-hat")
    world.time.advance(DAY.total_seconds() - 60)
    await world.runs_succeed()
    states = [(await world.watch())["jobs:unfinished"].state for _ in range(3)]
    text = await world.text("jobs:unfinished")
    await completed(world, key)
    await world.watch()

    assert states == ["ok", "ok", "finding"]
    assert await world.told("jobs:unfinished") == ["firing", "resolved"]
    assert "The oldest, of kind taste, is unfinished for 1 d" in text
    assert "docs/operating.md#a-job-isnt-finished-for-long" in text
    assert "straw-hat" not in text, "a job's id may name a user, and alerts are kept for longer than jobs"


async def test_a_queue_that_grows_while_nothing_completes_is_told_and_is_over_when_it_stops(world: HealthWorld) -> None:
    scope = f"queue:{TASTE}:depth"
    for _ in range(3):
        world.put(TASTE, 5)
        await world.watch()
    fired = await world.open_alerts()
    await world.watch()

    assert scope in fired
    assert await world.told(scope) == ["firing", "resolved"]


async def test_a_queue_that_grows_while_jobs_complete_is_well(world: HealthWorld) -> None:
    key = await asked(world, "hat")
    for turn in range(3):
        world.put(TASTE, 5)
        if turn == 1:
            await completed(world, key)
        found = await world.watch()

    check = found[f"queue:{TASTE}:depth"]
    assert (check.state, "and jobs complete" in check.text) == ("ok", True)


async def test_a_poison_queue_that_is_not_emptied_is_told_after_ten_minutes(world: HealthWorld) -> None:
    scope = f"queue:{TASTE}:poison"
    world.put(f"{TASTE}-poison", 2)
    states = [(await world.watch())[scope].state for _ in range(4)]
    world.queues.clear(f"{TASTE}-poison")
    await world.watch()

    assert states == ["ok", "ok", "ok", "finding"]
    assert await world.told(scope) == ["firing", "resolved"]


async def test_a_gate_that_a_person_closed_is_told_and_is_over_when_it_opens(world: HealthWorld) -> None:
    gates, name = Gates(world.documents), f"queue:{TASTE}"
    await gates.close(name, reason="deploy", by="ops", until=None)
    await world.watch()
    text = await world.text(f"gate:{name}")
    await gates.open(name)
    await world.watch()

    assert await world.told(f"gate:{name}") == ["firing", "resolved"]
    assert "deploy (by ops)" in text
    assert "gate:queue:taste-analysis-jobs is gone" in await world.text(f"gate:{name}")


async def test_a_paused_source_is_told_and_is_over_when_it_is_resumed(world: HealthWorld) -> None:
    source, _ = await sources.add(world.documents, sources.new("https://shop.example/feed.xml", "rss", "Shop"))
    await sources.pause(world.documents, source, reason="they asked us to", by="ada")
    await world.watch()
    await sources.resume(world.documents, source)
    await world.watch()

    assert await world.told(f"source:{source['id']}") == ["firing", "resolved"]


async def test_a_spent_budget_is_told_and_is_over_with_the_day(world: HealthWorld) -> None:
    usage = Usage(world.documents, world.settings.llm_daily_budget_micro_usd)
    await usage.record(Caller("job", 0), "gpt-4o-mini", 1, 1, 4_500_000)
    await rolled_up(world)
    await world.watch()
    text = await world.text("models:spend")
    world.time.advance(DAY.total_seconds())
    await world.watch()

    assert await world.told("models:spend") == ["firing", "resolved"]
    assert "90 % of the day's budget" in text


async def test_old_marks_are_told_and_are_over_once_they_are_rolled_up(world: HealthWorld) -> None:
    await ended_events.tell(world.documents, dead_record("one"))
    world.time.advance(61 * 60)
    await world.watch()
    await rolled_up(world)
    await world.watch()

    assert await world.told("rollups:marks") == ["firing", "resolved"]


async def test_a_clock_that_is_off_is_told_and_is_over_when_it_agrees(world: HealthWorld) -> None:
    beat: dict[str, Any] = {"machine": "pod-1", "aheadSeconds": 90.0, "off": True, "at": clock.text_now()}
    await heartbeats.note(world.documents, "clock:pod-1", beat)
    await world.watch()
    await heartbeats.note(world.documents, "clock:pod-1", {"off": False, "at": clock.text_now()})
    await world.watch()

    assert await world.told("machine:pod-1") == ["firing", "resolved"]


def dead_record(name: str) -> Record:
    """Return the record of a job that died just now."""
    record = Record(JobKey("ada", name), "taste", TASTE, "queued", clock.now(), clock.now())
    return transitions.dead(record, REASON)


async def test_many_dead_letters_are_told_and_are_over_once_they_are_few_again(world: HealthWorld) -> None:
    for number in range(60):
        await ended_events.tell(world.documents, dead_record(f"job-{number}"))
    await rolled_up(world)
    world.time.advance(60 * 60)
    found = await world.watch()
    text = await world.text("jobs:dead-letters")
    world.time.advance(DAY.total_seconds())
    await world.watch()

    assert found["jobs:dead-letters"].state == "finding"
    assert await world.told("jobs:dead-letters") == ["firing", "resolved"]
    assert "100.0 % of 60 jobs" in text


async def test_a_queue_service_that_fails_leaves_checks_unknown_and_an_open_alert_open(
    world: HealthWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = f"queue:{TASTE}:poison"
    world.put(f"{TASTE}-poison", 2)
    for _ in range(4):
        await world.watch()

    async def away(queue: str) -> int:
        raise Unavailable("no answer", dependency="queue")

    monkeypatch.setattr(world.queues, "depth", away)
    found = await world.watch()

    assert found[scope].state == "unknown"
    assert found["jobs:dead-letters"].state == "unknown"
    assert await world.told(scope) == ["firing"]


async def test_a_person_who_looks_sees_what_the_watch_sees_and_leaves_nothing(world: HealthWorld) -> None:
    for _ in range(3):
        world.put(TASTE, 5)
        watched = await world.watch(later=timedelta())
        world.time.advance(300)
    before = await world.documents.get(JOB_HEALTH, "looks", "looks")

    world.time.advance(-290)
    looked = await world.look()

    assert looked[f"queue:{TASTE}:depth"].state == watched[f"queue:{TASTE}:depth"].state == "finding"
    assert looked.keys() == watched.keys()
    assert await world.documents.get(JOB_HEALTH, "looks", "looks") == before


async def test_looking_consumes_nothing(world: HealthWorld) -> None:
    await asked(world, "hat")
    world.put(f"{TASTE}-poison", 1)
    before = {queue: list(held.values()) for queue, held in world.queues._queues.items()}
    records = [document async for document in world.documents.query(JOBS)]

    await world.look()

    assert {queue: list(held.values()) for queue, held in world.queues._queues.items()} == before
    assert [document async for document in world.documents.query(JOBS)] == records


async def looks_at(world: HealthWorld) -> dict[str, Any]:
    """Return the looks that the watch remembers, by queue."""
    document = await world.documents.get(JOB_HEALTH, "looks", "looks")
    assert document is not None
    found: dict[str, Any] = document.body["depths"]
    return found


async def test_two_watches_that_look_at_once_tell_it_once(world: HealthWorld) -> None:
    await Gates(world.documents).close(f"queue:{TASTE}", reason="deploy", by="ops", until=None)

    await asyncio.gather(world.watch(later=timedelta()), world.watch(later=timedelta()))

    assert await world.told(f"gate:queue:{TASTE}") == ["firing"]
    assert [len(looks) for looks in (await looks_at(world)).values()] == [1] * 22, "two at once are one look"


async def test_a_message_that_cannot_be_sent_stops_no_other_finding_and_is_sent_later(
    world: HealthWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (f"queue:{TASTE}", "queue:mood-jobs"):
        await Gates(world.documents).close(name, reason="deploy", by="ops", until=None)

    async def away(*args: Any, **more: Any) -> str:
        raise Unavailable("no answer", dependency="queue")

    with monkeypatch.context() as outage:
        outage.setattr(world.queues, "send", away)
        with pytest.raises(Unavailable):
            await world.watch()
    fired = await world.open_alerts()
    world.time.advance(300)
    await world.watch()

    assert fired == ["gate:queue:mood-jobs", f"gate:queue:{TASTE}"]
    assert await world.told(f"gate:queue:{TASTE}") == ["firing"]
    assert await world.queues.depth(world.settings.notification_queue) == 1  # one message tells both


async def test_an_alert_of_the_watch_can_be_silenced_before_it_ever_fired(world: HealthWorld) -> None:
    scope = f"gate:queue:{TASTE}"
    until = clock.now() + timedelta(hours=1)
    await alerts.silence(world.documents, ADMIN, "job-health", scope, until, reason="deploy")
    await Gates(world.documents).close(f"queue:{TASTE}", reason="deploy", by="ops", until=None)

    await world.watch()
    told = await world.told(scope)
    world.time.advance(3600)
    await world.watch()

    assert told == []
    assert await world.told(scope) == ["firing"]


async def test_a_job_that_is_done_in_the_runtime_is_unfinished_until_then() -> None:
    worker = World(errand_kind(Handling()))
    worker.put('{"name": "a"}')
    await worker.deliver_one()

    done = await worker.documents.get(JOBS, "errands", "a")

    assert done is not None
    assert "unfinishedSince" not in done.body


@pytest.mark.parametrize("in_cosmos", [False, True], ids=["sqlite", "cosmos"])
async def test_a_look_sees_the_same_in_each_store(time: MovingClock, cosmos_standin: str, in_cosmos: bool) -> None:
    async with AsyncExitStack() as stack:
        documents = await stack.enter_async_context(cosmos_stores.on_standin(cosmos_standin)) if in_cosmos else None
        world = HealthWorld(time, documents=documents)
        await world.begin()
        await asked(world, "hat")
        done = await asked(world, "tee")
        world.time.advance(DAY.total_seconds())
        await world.runs_succeed()
        for turn in range(3):
            if turn == 1:
                await completed(world, done)
            world.put(TASTE, 1)
            found = await world.watch()

        assert found["jobs:unfinished"].state == "finding"
        assert "the oldest, of kind taste" in found["jobs:unfinished"].text.lower()
        assert "and jobs complete" in found[f"queue:{TASTE}:depth"].text
        assert found["run:digest:success"].state == "ok"
        assert "jobs:unfinished" in await world.open_alerts()
        if not in_cosmos:
            await world.close()
