"""Does every compare-and-set end, whoever else writes the same document, and how does it tell?

What the queue runtime keeps itself (records, gates, the ledger) fails as the store does, which spends nobody's attempt;
a handler's effect fails as Transient.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest

from processors.taste.handler import TasteAnalysis
from processors.taste.model import TasteJob
from processors.wardrobe.wears import wear
from shared import clock
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents import compare_and_set
from shared.documents.compare_and_set import ROUNDS, change, write_over_older
from shared.documents.containers import (
    GATES,
    HEARTBEATS,
    JOBS,
    RUNS,
    USAGE_EVENTS,
    USER_PROFILES,
    WARDROBE,
    Container,
)
from shared.errors import Misconfigured, Permanent, Transient, Unavailable
from shared.jobs import transitions
from shared.jobs.gates import Gates
from shared.jobs.intake import Intake
from shared.jobs.kinds import Job
from shared.jobs.record import JobKey
from shared.jobs.record_store import Records
from shared.jobs.runs import shards
from shared.jobs.runs.ended_from_outside import EndedFromOutside
from shared.queues.memory import MemoryQueues
from shared.queues.port import Delivery
from shared.services import Services
from shared.usage.budget import Caller, Usage
from tests.contended import ContendedDocuments
from tests.forgetting import forgotten
from tests.integration.jobs.worlds import MovingClock, world
from tests.integration.runs.worlds import run_world
from tests.unit.jobs import build

Change = Callable[[ContendedDocuments], Awaitable[Any]]
Prepare = Callable[[ContendedDocuments], Awaitable[Change]]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a hundred rounds follow each other at once."""
    monkeypatch.setattr(compare_and_set, "_PAUSE_SECONDS", 0.0)


class NoBlobs:
    """A place without blobs."""

    async def names(self, container: str, prefix: str) -> list[str]:
        """See Blobs."""
        return []


@dataclass(frozen=True)
class Case:
    """A change of a document, the container that is contended, and the class of what it raises when that never ends."""

    about: str
    container: Container
    prepare: Prepare
    raises: type[Transient]


def services(documents: ContendedDocuments) -> Services:
    """Return services on a store."""
    return Services(Settings(), documents, MemoryQueues(), cast(Blobs, NoBlobs()))


async def changing(documents: ContendedDocuments) -> Change:
    """Any document is brought into what is wanted."""
    return lambda store: change(store, HEARTBEATS, "beat", "beat", lambda body: {"id": "beat", "was": body})


async def writing_over_older(documents: ContendedDocuments) -> Change:
    """An effect stands, and a newer one comes."""
    await documents.create(HEARTBEATS, {"id": "beat", "order": 1})
    return lambda store: write_over_older(store, HEARTBEATS, {"id": "beat", "order": 2}, lambda body: body["order"])


async def closing_a_gate(documents: ContendedDocuments) -> Change:
    """No gate is closed yet."""
    closed = Misconfigured("no key", dependency="model:small")
    return lambda store: Gates(store).close_after("model:small", closed, clock.now(), by="job a")


async def opening_a_gate(documents: ContendedDocuments) -> Change:
    """A gate is closed."""
    await Gates(documents).close("queue:errands", reason="repair", by="ops", until=None)
    return lambda store: Gates(store).open("queue:errands")


async def changing_a_claimed_record(documents: ContendedDocuments) -> Change:
    """A job is being worked on."""
    held = await Records(documents).create(build.record("running"))
    return lambda store: Records(store).change_claimed(held, "token", transitions.completed)


async def burying_a_body(documents: ContendedDocuments) -> Change:
    """A body that is no message was delivered."""
    delivery = Delivery("errand-jobs", b"no message", "1", "", 1, clock.now())
    return lambda store: Intake(Records(store)).bury(build.kind(), delivery, Permanent("no JSON", code="not_json"))


async def ending_what_the_host_gave_up(documents: ContendedDocuments) -> Change:
    """The host gave up on the message of a job that waits."""
    await Records(documents).create(build.record("waiting", key=JobKey("errands", "a")))
    body = b'{"name": "a", "generation": 2}'
    delivery = Delivery("errand-jobs-poison", body, "1", "", 1, clock.now())
    return lambda store: Intake(Records(store)).host_gave_up(build.kind(), delivery)


async def _planned_run(documents: ContendedDocuments) -> tuple[Any, Any]:
    of = run_world(MovingClock(), documents=documents)
    opened = await of.open_latest_run()
    await of.step()
    return of, opened


async def writing_the_ledger_of_a_cancelled_run(documents: ContendedDocuments) -> Change:
    """A run is under way, and its job is cancelled."""
    of, opened = await _planned_run(documents)
    job = await of.job(opened.id)
    ended = transitions.ended_by(job.record, "cancelled", by="ops", why="no")
    return lambda store: EndedFromOutside(of.definitions).follow(store, ended)


async def cancelling_the_shards_of_a_run(documents: ContendedDocuments) -> Change:
    """A run's shards wait."""
    _, opened = await _planned_run(documents)
    return lambda store: shards.cancel_open(store, opened.id, by="ops")


async def recording_what_a_call_cost(documents: ContendedDocuments) -> Change:
    """The model has answered."""
    return lambda store: Usage(store, 1_000_000).record(Caller("job", 0), "small", 10, 10, 5)


async def counting_wears(documents: ContendedDocuments) -> Change:
    """Ada owns a hat."""
    await documents.create(WARDROBE, {"id": "hat", "userId": "ada"})
    return lambda store: wear(store, "ada", "hat", "2026-11-23T08:00:00.000Z")


async def forgetting_a_user(documents: ContendedDocuments) -> Change:
    """Ada owns a hat."""
    await documents.create(WARDROBE, {"id": "hat", "userId": "ada"})
    return lambda store: forgotten(services(store), "ada")


async def folding_a_taste_profile(documents: ContendedDocuments) -> Change:
    """Ada takes a like back, which needs no picture."""
    like = TasteJob.model_validate(
        {
            "user_id": "ada",
            "item_id": "hat",
            "image_url": "https://x.test/a.png",
            "signal": "none",
            "job_id": "a",
            "createdAt": "2026-11-23T08:00:00.000Z",
        }
    )
    job = Job(JobKey("ada", "a"), 0, 1, clock.now(), services(documents))
    return lambda store: TasteAnalysis(timedelta(days=60)).handle(job, like)


CASES = [
    Case("a change", HEARTBEATS, changing, Transient),
    Case("an effect over an older one", HEARTBEATS, writing_over_older, Transient),
    Case("closing a gate", GATES, closing_a_gate, Unavailable),
    Case("opening a gate", GATES, opening_a_gate, Unavailable),
    Case("a claimed record", JOBS, changing_a_claimed_record, Unavailable),
    Case("a body's dead record", JOBS, burying_a_body, Unavailable),
    Case("what the host gave up", JOBS, ending_what_the_host_gave_up, Unavailable),
    Case("the ledger", RUNS, writing_the_ledger_of_a_cancelled_run, Unavailable),
    Case("cancelling shards", JOBS, cancelling_the_shards_of_a_run, Unavailable),
    Case("what a call cost", USAGE_EVENTS, recording_what_a_call_cost, Transient),
    Case("a wear count", WARDROBE, counting_wears, Transient),
    Case("forgetting", WARDROBE, forgetting_a_user, Transient),
    Case("a taste profile", USER_PROFILES, folding_a_taste_profile, Transient),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.about)
async def test_a_change_ends_as_contended_when_it_is_always_anothers_turn(case: Case, time: MovingClock) -> None:
    documents = ContendedDocuments()
    act = await case.prepare(documents)
    documents.contend(case.container)

    with pytest.raises(Transient) as ended:
        await act(documents)

    assert (type(ended.value), ended.value.code) == (case.raises, "document_contended")
    assert ended.value.dependency == "store"
    assert documents.refused % ROUNDS == 0  # of several shards each has its rounds


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.about)
async def test_a_change_is_made_once_it_is_its_turn(case: Case, time: MovingClock) -> None:
    documents = ContendedDocuments()
    act = await case.prepare(documents)
    documents.contend(case.container, turns=ROUNDS - 1)

    await act(documents)

    assert documents.refused == ROUNDS - 1


async def test_an_ending_that_cannot_be_written_leaves_the_job_as_a_failing_store_does(time: MovingClock) -> None:
    documents = ContendedDocuments()
    of = world(documents=documents)

    async def contended(job: Job) -> None:
        documents.contend(JOBS)

    of.handling.does["a"] = contended

    first = await of.handle('{"name": "a"}')

    assert (first.what, first.code) == ("store_failed", "document_contended")
    assert (await of.job("a")).status == "running"
    documents.contend(JOBS, turns=0)
    of.handling.does.clear()
    time.advance(120)
    assert (await of.deliver()).what == "completed"
    assert (await of.job("a")).attempts == 0


async def test_a_gate_that_cannot_be_closed_releases_its_job_without_an_attempt(time: MovingClock) -> None:
    documents = ContendedDocuments()
    documents.contend(GATES)
    of = world(documents=documents)
    of.handling.does["a"] = Misconfigured("no key")

    held = await of.handle('{"name": "a"}')

    job = await of.job("a")
    assert (held.what, held.code) == ("store_failed", "document_contended")
    assert (job.status, job.attempts, job.crashes) == ("waiting", 0, 0)


async def test_calls_of_one_generation_beyond_the_rounds_are_all_recorded(time: MovingClock) -> None:
    documents = ContendedDocuments()
    usage = Usage(documents, 1_000_000)

    for _ in range(ROUNDS + 5):
        await usage.record(Caller("job", 0), "small", 10, 10, 5)

    assert await Usage(documents, 1_000_000).spent() == 5 * (ROUNDS + 5)
