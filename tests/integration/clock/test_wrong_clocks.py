"""Does a worker whose machine's clock is wrong see it, say so, and leave the work to others? On real HTTP answers."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from shared import clock
from shared.blobs.storage import Blobs
from shared.clock_check import EVERY, ClockCheck, report
from shared.config import Settings
from shared.documents.containers import CONTAINERS, HEARTBEATS, JOBS
from shared.documents.sqlite import SqliteDocuments
from shared.heartbeats import all_of
from shared.jobs.kinds import Job, Next
from shared.jobs.outcome import Deferred
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.queues.port import Delivery
from shared.queues.storage import StorageQueues
from shared.services import Services
from tests.azurite import PROJECT
from tests.integration.clock.service import Machine, QueueService, running
from tests.jobs_world import QUEUE, Errand, errand_kind

TWO_DAYS = timedelta(days=2)


@pytest.fixture
async def service() -> AsyncIterator[QueueService]:
    """A queue service whose clock a test shifts."""
    async with running() as found:
        yield found


class Worker:
    """A worker of errands on that service, with a store of its own."""

    def __init__(self, service: QueueService) -> None:
        self.documents = SqliteDocuments(":memory:")
        self.queues = StorageQueues.from_connection_string(service.connection_string)
        settings = Settings(azure_pod="pod-7")
        self.runtime = Runtime(Services(settings, self.documents, self.queues, cast(Blobs, None)))
        self.kind = errand_kind(self.handle)
        self.handled: list[str] = []

    async def handle(self, job: Job, errand: Errand) -> Next | None:
        """Note an errand."""
        self.handled.append(errand.name)
        return None

    def delivery(self, name: str = "a", dequeue_count: int = 1) -> Delivery:
        """Return a delivery of an errand."""
        body = f'{{"name": "{name}"}}'.encode()
        return Delivery(QUEUE, body, f"m-{name}", "receipt", dequeue_count, clock.now())


@pytest.fixture
async def worker(service: QueueService) -> AsyncIterator[Worker]:
    """A worker."""
    found = Worker(service)
    yield found
    await found.queues.close()


@pytest.mark.parametrize("shift", [-TWO_DAYS, timedelta(seconds=-75), timedelta(seconds=75)])
async def test_a_worker_whose_clock_is_off_by_more_than_a_minute_takes_no_work(
    service: QueueService, worker: Worker, shift: timedelta
) -> None:
    service.shift = shift

    with pytest.raises(Deferred) as deferred:
        await worker.runtime.deliver(worker.kind, worker.delivery())

    outcome = deferred.value.outcome
    assert (outcome.what, outcome.code, outcome.wait) == ("deferred", "clock_off", timedelta(seconds=60))
    assert outcome.why is not None
    assert outcome.why.endswith(f"{'ahead of' if shift < timedelta() else 'behind'} the queue service's")
    assert worker.handled == []
    assert await worker.documents.count(JOBS) == 0
    (postponed,) = service.changes
    assert postponed.startswith("PUT")
    assert "visibilitytimeout=60" in postponed


async def test_a_clock_that_is_off_by_less_is_good_enough(service: QueueService, worker: Worker) -> None:
    service.shift = timedelta(seconds=50)

    await worker.runtime.deliver(worker.kind, worker.delivery())

    assert worker.handled == ["a"]
    assert await worker.documents.count(HEARTBEATS) == 0


async def test_many_messages_ask_for_the_time_once(service: QueueService, worker: Worker) -> None:
    names = [f"e{n}" for n in range(20)]

    await asyncio.gather(*(worker.runtime.deliver(worker.kind, worker.delivery(name)) for name in names))

    assert sorted(worker.handled) == sorted(names)
    assert service.asked == 1


async def test_a_copy_in_the_poison_queue_waits_for_a_right_clock_too(service: QueueService, worker: Worker) -> None:
    service.shift = TWO_DAYS

    with pytest.raises(Deferred):
        await worker.runtime.deliver_poison(worker.kind, worker.delivery())

    assert await worker.documents.count(JOBS) == 0


async def test_a_lone_worker_that_stays_wrong_does_not_use_a_messages_deliveries_up(
    service: QueueService, worker: Worker
) -> None:
    service.shift, waited = TWO_DAYS, timedelta()

    for count in range(1, 1001, 111):
        with pytest.raises(Deferred) as deferred:
            await worker.runtime.deliver(worker.kind, worker.delivery(dequeue_count=count))
        assert deferred.value.outcome.wait is not None
        waited += deferred.value.outcome.wait * 111

    assert waited > timedelta(days=9)


async def test_it_says_so_in_log_heartbeat_and_report_until_it_is_right_again(
    service: QueueService, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    machine = Machine()
    check = ClockCheck(
        worker.queues, worker.documents, "pod-7", system=lambda: machine.system, elapsed=lambda: machine.seconds
    )
    machine.system += TWO_DAYS

    await check.look()

    assert "clock is off: no work is taken" in caplog.text
    beat = (await all_of(worker.documents))["clock:pod-7"]
    assert (beat["machine"], beat["off"]) == ("pod-7", True)
    assert beat["aheadSeconds"] == pytest.approx(TWO_DAYS.total_seconds(), abs=10)
    assert abs(clock.parse(beat["at"]) - datetime.now(UTC)) < timedelta(minutes=1), "by the clock that is right"
    found = await report(worker.documents, worker.queues, Settings(azure_pod="pod-8"))
    assert found["here"]["machine"] == "pod-8"
    assert not found["here"]["off"]
    assert [one["machine"] for one in found["workers"]] == ["pod-7"]

    machine.system -= TWO_DAYS
    await check.look()

    assert "clock agrees again" in caplog.text
    assert (await report(worker.documents, worker.queues, Settings()))["workers"] == []


async def test_a_clock_is_compared_each_five_minutes_and_at_once_when_it_was_set(
    service: QueueService, worker: Worker
) -> None:
    machine = Machine()
    check = ClockCheck(
        worker.queues, worker.documents, "pod-7", system=lambda: machine.system, elapsed=lambda: machine.seconds
    )
    asked = []
    for change in ("first", "soon", "later", "soon", "set"):
        if change == "soon":
            machine.pass_time(EVERY - timedelta(seconds=1))
        elif change == "later":
            machine.pass_time(timedelta(seconds=1))
        elif change == "set":
            machine.system += timedelta(hours=1)
        await check.look()
        asked.append(service.asked)

    assert asked == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("status", [403, 400])
async def test_a_refusal_tells_the_time_too(service: QueueService, worker: Worker, status: int) -> None:
    service.status, service.shift = status, TWO_DAYS

    with pytest.raises(Deferred):
        await worker.runtime.deliver(worker.kind, worker.delivery())


async def test_a_service_that_does_not_tell_the_time_stops_nobody(service: QueueService, worker: Worker) -> None:
    service.date = ""

    await worker.runtime.deliver(worker.kind, worker.delivery("a"))
    await worker.runtime.deliver(worker.kind, worker.delivery("b"))

    assert worker.handled == ["a", "b"]
    assert service.asked == 1, "it isn't asked at each message"


async def test_without_a_service_there_is_no_judgement() -> None:
    documents = SqliteDocuments(":memory:")

    assert await ClockCheck(MemoryQueues(), documents, "here").look() is None
    assert await report(documents, MemoryQueues(), Settings()) == {"here": None, "workers": []}


@pytest.mark.parametrize(
    ("module", "function", "timer"),
    [
        ("processors.composition", "open_digest_run", "PluckItWeeklyDigest"),
        ("processors.composition", "rescue_jobs", "RescueJobs"),
        ("processors.composition", "catch_up_runs", "CatchUpRuns"),
        ("processors.composition", "watch_job_health", "WatchJobHealth"),
    ],
)
async def test_a_timer_of_a_machine_whose_clock_is_off_opens_nothing_and_its_heartbeat_says_so(
    service: QueueService, tmp_path: Path, module: str, function: str, timer: str
) -> None:
    service.shift = -TWO_DAYS
    environment = {
        **os.environ,
        "AzureWebJobsStorage": service.connection_string,
        "NIGHTSHIFT_HOME": str(tmp_path),
        "DOCUMENTS": "sqlite",
    }
    script = f"import asyncio; from {module} import {function}; asyncio.run({function}())"

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, cwd=PROJECT, env=environment)
    assert await process.wait() == 0

    documents = SqliteDocuments(tmp_path / "nightshift.sqlite3")
    beat = (await all_of(documents))[timer]
    assert beat["lastError"]["code"] == "clock_off"
    assert "ahead of the queue service's" in beat["lastError"]["message"]
    assert clock.parse(beat["lastStart"]) < datetime.now(UTC) - timedelta(days=1), "by the clock that is right"
    written = {container.name for container in CONTAINERS if await documents.count(container)}
    assert written == {"heartbeats"}
    assert service.changes == []
