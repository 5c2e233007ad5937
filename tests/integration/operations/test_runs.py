"""What can be asked of runs, timers, gates and queues, and done to them?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from operations import gates, runs, status, storage, timers
from operations.health import storage as storage_health
from operations.health.finding import Finding
from shared import clock, heartbeats
from shared.config import Settings
from shared.errors import NotFound, UsageError
from tests.actors import ADMIN
from tests.integration.jobs.worlds import MovingClock
from tests.integration.operations.worlds import OperatedWorld


async def test_a_run_is_opened_once_a_slot_and_anew_by_force(world: OperatedWorld) -> None:
    first = await runs.start(world.services, ADMIN, "digest")
    again = await runs.start(world.services, ADMIN, "digest", slot="2026-W48")
    forced = await runs.start(world.services, ADMIN, "digest", slot="2026-W48", force=True)

    assert [(one.what, one.id) for one in (first, again, forced)] == [
        ("accepted", "digest|2026-W48"),
        ("duplicate", "digest|2026-W48"),
        ("accepted", "digest|2026-W48|1"),
    ]
    assert {line["job"]: line.get("forced") for line in await world.audited("run")} == {first.id: None, forced.id: True}


@pytest.mark.parametrize(
    ("name", "slot", "code"),
    [("digest", "2026-W49", "slot_not_due"), ("digest", "soon", "slot_invalid"), ("digests", None, "run_unknown")],
)
async def test_a_run_that_can_not_be_is_refused(world: OperatedWorld, name: str, slot: str | None, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        await runs.start(world.services, ADMIN, name, slot=slot)

    assert refused.value.code == code
    assert (await runs.search(world.documents, ADMIN)).items == ()


async def test_a_run_that_nobody_has_begun_is_known_by_its_job(world: OperatedWorld) -> None:
    await runs.start(world.services, ADMIN, "digest")

    found = await runs.get(world.documents, ADMIN, "digest/2026-W48")

    assert (found.status, found.slot, found.by, found.shards) == ("queued", "2026-W48", "cli:ada", {})


async def test_a_run_is_watched_until_it_has_ended(world: OperatedWorld) -> None:
    opened = await runs.start(world.services, ADMIN, "digest")
    seen = []

    async for progress in runs.watch(world.services, ADMIN, opened, limit_seconds=60):
        seen.append(progress.run.status if progress.run else None)
        await world.work_off()

    assert seen == [None, "completed"]
    assert (await runs.get(world.documents, ADMIN, "digest")).status == "completed"


async def test_a_run_that_is_watched_too_long_is_left_as_it_is(world: OperatedWorld) -> None:
    opened = await runs.start(world.services, ADMIN, "digest")

    assert [progress.run async for progress in runs.watch(world.services, ADMIN, opened, limit_seconds=0)] == [None]


async def test_a_run_is_cancelled_by_its_slot(world: OperatedWorld) -> None:
    await runs.start(world.services, ADMIN, "digest")

    assert await runs.find_job(world.documents, ADMIN, "digest/2026-W48") == ("digest|2026-W48", False)
    assert (await runs.cancel(world.services, ADMIN, "digest/2026-W48")).status == "cancelled"
    with pytest.raises(UsageError, match="'digest' has several runs"):
        await runs.cancel(world.services, ADMIN, "digest")
    with pytest.raises(NotFound):
        await runs.cancel(world.services, ADMIN, "digest/2026-W47")


async def test_the_ledger_is_searched_by_name_state_and_time(world: OperatedWorld, time: MovingClock) -> None:
    await world.run("digest", "2026-W47")
    await world.run("digest", "2026-W48")

    found = await runs.search(world.documents, ADMIN, name="digest", state="completed", limit=1)

    assert [run.slot for run in found.items] == ["2026-W48"]
    assert (await runs.missed(world.documents, ADMIN, since=time.now - timedelta(days=7))).items == ()


async def test_a_timer_says_when_it_fires_and_how_it_went(world: OperatedWorld) -> None:
    await world.run("digest")

    (digest,) = (await timers.all_timers(world.documents, world.settings, ADMIN, name="digest", count=2)).items
    (rescue,) = (await timers.all_timers(world.documents, world.settings, ADMIN, name="RescueJobs")).items

    assert [clock.to_text(firing.utc)[:10] for firing in digest.next] == ["2026-11-30", "2026-12-07"]
    assert (digest.timer, digest.last and digest.last.outcome) == ("PluckItWeeklyDigest", "completed")
    assert (rescue.kind, rescue.last) == ("housekeeping", None)
    with pytest.raises(UsageError, match="Known are: AggregateMetrics, CatchUpRuns"):
        await timers.all_timers(world.documents, world.settings, ADMIN, name="Nobody")


async def test_a_gate_is_closed_with_a_reason_and_opened(world: OperatedWorld, time: MovingClock) -> None:
    until, gate = time.now + timedelta(minutes=30), f"queue:{world.taste.queue}"

    await gates.close(world.documents, world.settings, ADMIN, gate, reason="deploy", until=until)

    (closed,) = (await gates.closed(world.documents, world.settings, ADMIN)).items
    assert (closed.name, closed.due, closed.reason, closed.by) == (gate, until, "deploy", "cli:ada")
    await gates.open_(world.services, ADMIN, gate)
    assert (await gates.closed(world.documents, world.settings, ADMIN)).items == ()
    told = {"closedUntil": clock.to_text(until), "reason": "deploy", "closedBy": "cli:ada"}
    assert await world.audited("close gate") == [
        {"by": "cli:ada", "gate": gate, "why": "deploy", "until": clock.to_text(until), "after": told}
    ]
    assert await world.audited("open gate") == [{"by": "cli:ada", "gate": gate, "before": told}]


async def test_a_gate_that_is_open_or_that_nobody_has_is_said_so(world: OperatedWorld) -> None:
    with pytest.raises(NotFound):
        await gates.open_(world.services, ADMIN, "queue:taste-analysis-jobs")
    with pytest.raises(UsageError, match=r"Gates are: .*queue:taste-analysis-jobs"):
        await gates.close(world.documents, world.settings, ADMIN, "queue:other", reason="x", until=None)

    assert await world.audited("open gate") == []


async def test_the_status_counts_jobs_dead_letters_and_messages(world: OperatedWorld) -> None:
    await world.dead("hat")
    await world.like("cap")
    await storage.prepare(world.services, ADMIN)

    found = await status.read(world.documents, world.settings, ADMIN)

    counts = {row.state: (row.count, row.oldest and row.oldest.id) for row in found.jobs}
    assert (counts["dead"], counts["queued"], counts["running"]) == ((1, "hat"), (1, "cap"), (0, None))
    assert found.dead_letters.open == 1
    assert {queue.name for queue in found.queues} >= {world.taste.queue, world.taste.poison_queue}


async def test_a_queue_service_that_is_silent_is_said_of_each_queue(world: OperatedWorld) -> None:
    nobody = "AccountName=a;AccountKey=b;QueueEndpoint=http://127.0.0.1:9/a;"

    found = await status.read(world.documents, Settings(storage=nobody), ADMIN)

    assert {(queue.depth, queue.error and queue.error.code) for queue in found.queues} == {(None, "azurite_silent")}


async def test_an_account_that_cant_be_reached_is_asked_once(world: OperatedWorld) -> None:
    asked = 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while line := await reader.readline():
            asked += line.startswith(b"GET")
            if line == b"\r\n":
                writer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.2", 0)
    port = server.sockets[0].getsockname()[1]
    ends = "".join(f"{what}Endpoint=http://127.0.0.2:{port}/a;" for what in ("Blob", "Queue"))
    far = Settings(storage=f"AccountName=a;AccountKey=Zm9v;{ends}")

    found, findings = await asyncio.gather(status.read(world.documents, far, ADMIN), _all(storage_health.check(far)))
    server.close()

    assert (found.verdict[0].code, found.verdict[0].level) == ("unavailable", "wrong")
    assert {queue.error and queue.error.code for queue in found.queues} == {"unavailable"}
    assert [(finding.check, finding.state) for finding in findings] == [("queues", "wrong")]
    assert asked == 2 * 3  # one question each, tried three times


async def _all(things: AsyncIterator[Finding]) -> list[Finding]:
    return [one async for one in things]


async def test_a_machine_whose_clock_is_off_is_said(world: OperatedWorld) -> None:
    said = {"machine": "worker-7", "at": clock.text_now(), "aheadSeconds": 172_800.0, "off": True}
    await heartbeats.note(world.documents, "clock:worker-7", said)

    found = await status.read(world.documents, Settings(), ADMIN)

    assert [worker["machine"] for worker in found.clocks["workers"]] == ["worker-7"]


async def test_what_must_be_there_is_created_once(world: OperatedWorld) -> None:
    first = await storage.prepare(world.services, ADMIN)
    again = await storage.prepare(world.services, ADMIN)

    assert {made.name for made in first.items} >= {world.taste.queue, world.taste.poison_queue, "outbox"}
    assert [made for made in again.items if made.created] == []
    assert (await storage.prepare_store(world.settings, ADMIN)).items == ()
