"""Whom does a model that is slow, limited or broken hold up? Those who ask it, and nobody else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_mock import MockerFixture

from processors.catalogue import registry
from shared import clock
from shared.config import Settings
from shared.jobs.outcome import Outcome
from shared.models.client import ModelClient
from shared.usage.budget import BUDGET_GATE
from tests.integration.models.model_double import ModelDouble, failure, seen
from tests.integration.models.worlds import MODEL, World, settings
from tests.jobs_world import errand_kind

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LIMIT_SECONDS = 20.0


async def taken_back(world: World, picture_url: str, item: str) -> Outcome:
    """Take a like of an item back."""
    return await world.like(picture_url, job_id=f"{item}-none", item_id=item, signal="none")


@pytest.mark.parametrize(
    "answer",
    [failure(429, Retry_After="600"), failure(401), failure(503, Retry_After="600")],
    ids=["429", "401", "503"],
)
async def test_taking_a_like_back_waits_for_no_model(
    world: World, model: ModelDouble, picture_url: str, answer: Any
) -> None:
    model.answers(answer)
    with clock.running_on(lambda: NOW):
        held = await world.like(picture_url)
        outcome = await taken_back(world, picture_url, "hat")

    assert (held.what, outcome.what) == ("held", "completed")
    assert len(model.asked) == 1
    assert set(await world.gates()) == {MODEL}


async def test_taking_a_like_back_opens_no_gate_of_a_model_that_may_be_asked_again(
    world: World, picture_url: str
) -> None:
    await world.runtime.gates.close(MODEL, reason="429", by="job-1", until=clock.now())

    await taken_back(world, picture_url, "hat")

    assert set(await world.gates()) == {MODEL}


async def test_a_spent_budget_holds_no_like_that_is_taken_back(
    new_world: Callable[..., World], model: ModelDouble, picture_url: str
) -> None:
    world = new_world(llm_daily_budget_micro_usd=0)
    model.answers(seen())
    with clock.running_on(lambda: NOW):
        held = await world.like(picture_url)
        outcome = await taken_back(world, picture_url, "hat")

    assert (held.what, outcome.what) == ("held", "completed")
    assert set(await world.gates()) == {BUDGET_GATE}


async def test_a_job_of_the_local_analyser_waits_for_no_model(
    new_world: Callable[..., World], model: ModelDouble, picture_url: str
) -> None:
    world = new_world(taste_analyser="local")
    for gate in (MODEL, BUDGET_GATE):
        await world.runtime.gates.close(gate, reason="429", by="job of another kind", until=None)

    outcome = await world.like(picture_url)

    assert (outcome.what, model.asked) == ("completed", [])


ASK = {
    "taste_analyser": {"taste"},
    "mood_extractor": {"mood"},
    "digest_suggester": {"digest"},
    "embeddings": {"scrape"},
}


@pytest.mark.parametrize("chosen", [*ASK, None])
def test_only_kinds_whose_setting_asks_a_model_are_held_by_models_and_budget(chosen: str | None) -> None:
    local = dict.fromkeys(("taste_analyser", "mood_extractor", "embeddings"), "local") | {"digest_suggester": "rules"}
    of = settings(**local | ({chosen: "openai"} if chosen else {}))

    held = {kind.name for kind in registry(of) if any(gate.startswith(("model:", "budget:")) for gate in kind.gates)}

    assert held == (ASK[chosen] if chosen else set())


@pytest.mark.parametrize("analyser", ["local", "openai"])
def test_jobs_need_only_what_their_kind_depends_on(analyser: str) -> None:
    kinds = [kind for kind in registry(settings(taste_analyser=analyser)) if kind.needs is not None]

    for kind in kinds:
        assert kind.needs is not None
        assert {gate for needed in kind.needs.of.values() for gate in needed} <= set(kind.dependencies)
        assert kind.needs.member in kind.model.model_fields
    assert {kind.name for kind in kinds} == {"taste", "notification"}


async def test_a_model_that_does_not_answer_holds_up_no_other_job_of_the_worker(
    new_world: Callable[..., World], picture_url: str
) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await answer.wait()
        writer.close()

    server = await asyncio.start_server(slow, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        world = new_world(openai_base_url=url, openai_timeout_seconds=120.0)
        liking = asyncio.create_task(world.like(picture_url))
        async with asyncio.timeout(LIMIT_SECONDS):
            await asked.wait()
            taken = await taken_back(world, picture_url, "hat")
            ran = await an_errand(world)
        still_asking = not liking.done()
        answer.set()
        await liking

    assert (taken.what, ran.what, still_asking) == ("completed", "completed", True)


async def an_errand(world: World) -> Outcome:
    """Run a job of another kind in the same worker."""

    async def nothing(job: object, errand: object) -> None:
        return None

    kind = errand_kind(nothing)
    world.queues._queues.setdefault(kind.queue, {})
    world.queues.put(kind.queue, b'{"name": "a"}')
    delivery = world.queues.receive(kind.queue)
    assert delivery is not None
    return await world.runtime.deliver(kind, delivery)


async def test_the_sdk_is_loaded_beside_the_event_loop(mocker: MockerFixture) -> None:
    threads: list[threading.Thread] = []
    opened = mocker.patch.object(ModelClient, "_opened_openai", autospec=True)
    opened.side_effect = lambda client: threads.append(threading.current_thread()) or mocker.Mock()
    client = ModelClient(Settings(openai_api_key="sk-secret"), "small")

    await asyncio.gather(client.open(), client.open())

    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()
