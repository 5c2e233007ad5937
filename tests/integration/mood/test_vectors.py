"""What becomes of names whose vectors can't be had, and of moods that another model's vectors were made for?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_mock import MockerFixture

from shared.documents.sqlite import SqliteDocuments
from shared.errors import Misconfigured, NightshiftError, RateLimited, Transient, Unavailable
from shared.models.embeddings import LocalEmbedder, decoded
from tests.integration.jobs.worlds import MovingClock
from tests.integration.mood.worlds import MoodWorld, looks

DAY = 86_400
SLOW = Transient("slow", code="model_slow", dependency="model:embedding")


class Faulty(LocalEmbedder):
    """The local embedder, which fails as the test says, and notes what it was asked."""

    def __init__(self, fails: Callable[[list[str]], NightshiftError | None], missing: int = 0) -> None:
        self.fails = fails
        self.missing = missing
        self.asked: list[list[str]] = []

    async def embed(self, texts: Any, caller: Any) -> Any:
        """See Embedder."""
        self.asked.append(list(texts))
        error = self.fails(list(texts))
        if error is not None:
            raise error
        return (await super().embed(texts, caller))[self.missing :]


def embed_by(world: MoodWorld, faulty: LocalEmbedder) -> None:
    """Let the worker make its vectors so from now on."""
    vars(world.services)["embedder"] = faulty


async def test_all_new_names_are_embedded_in_one_call(world: MoodWorld) -> None:
    await world.scraped(looks())
    embed_by(world, faulty := Faulty(lambda texts: None))

    await world.find()

    assert len(faulty.asked) == 1
    assert len(faulty.asked[0]) == len(set(faulty.asked[0])) > 1


async def test_known_names_are_not_embedded_again(world: MoodWorld) -> None:
    await world.scraped(looks())
    await world.find()
    embed_by(world, faulty := Faulty(lambda texts: None))

    await world.find(force=True)

    assert faulty.asked in ([], [[]])


@pytest.mark.parametrize("missing", [0, 1])
async def test_when_the_batch_fails_or_is_short_names_are_embedded_one_by_one(world: MoodWorld, missing: int) -> None:
    await world.scraped(looks())
    faulty = Faulty(lambda texts: SLOW if len(texts) > 1 and not missing else None, missing)
    embed, faulty_embed = LocalEmbedder().embed, faulty.embed

    async def short(texts: Any, caller: Any) -> Any:
        return await (faulty_embed if len(texts) > 1 else embed)(texts, caller)

    faulty.embed = short  # type: ignore[method-assign]
    embed_by(world, faulty)

    entry = await world.find()

    assert "unembedded" not in entry.counters
    assert all("embedding" in mood for mood in await world.moods())


async def test_what_still_fails_is_stored_without_a_vector_and_settled_by_the_next_run(
    world: MoodWorld, time: MovingClock
) -> None:
    await world.scraped(looks())
    embed_by(world, Faulty(lambda texts: SLOW if len(texts) > 1 or "leather" in texts[0] else None))
    entry = await world.find()
    without = [mood for mood in await world.moods() if "embedding" not in mood]
    assert entry.status == "completed"
    assert entry.counters["unembedded"] == len(without) == 1
    assert without[0]["primaryMood"] == "edgy"
    support = await world.support()
    time.advance(DAY)
    embed_by(world, LocalEmbedder())

    await world.find()

    assert all(mood["embeddingModel"] == LocalEmbedder.model for mood in await world.moods())
    assert await world.support() == support


@pytest.mark.parametrize(
    "error",
    [RateLimited("slow down", dependency="model:e"), Misconfigured("wrong key", dependency="model:e")],
    ids=["429", "wrong key"],
)
async def test_names_are_not_tried_one_by_one_where_all_would_be_refused(
    world: MoodWorld, error: NightshiftError
) -> None:
    await world.scraped(looks())
    embed_by(world, faulty := Faulty(lambda texts: error))

    entry = await world.find()

    assert (entry.status, len(faulty.asked)) == ("completed", 1)
    assert entry.counters["unembedded"] == len(await world.moods())
    assert not any("embedding" in mood for mood in await world.moods())


async def test_a_store_that_fails_meanwhile_is_no_failure_of_the_vectors(world: MoodWorld) -> None:
    await world.scraped(looks())
    calls = []

    def fails(texts: list[str]) -> NightshiftError | None:
        calls.append(texts)
        return Unavailable("the store is down", dependency="store") if len(calls) == 1 else None

    embed_by(world, Faulty(fails))

    entry = await world.find()

    assert (entry.status, "unembedded" in entry.counters) == ("completed", False)


async def test_a_mood_stored_without_a_vector_that_is_another_one_ends_in_it(
    world: MoodWorld, time: MovingClock, mocker: MockerFixture
) -> None:
    plaid = [replace(entry, title="Punk plaid kilts", text="Grunge tartan", url=f"{entry.url}/p") for entry in looks()]
    await world.scraped(looks() + plaid[:20])
    embed_by(
        world, Faulty(lambda texts: SLOW if len(texts) > 1 or "plaid" in texts[0] or "tartan" in texts[0] else None)
    )
    await world.find()
    before = await world.moods()
    assert ["embedding" in mood for mood in before if mood["primaryMood"] == "edgy"].count(False) == 1
    total = sum((await world.support()).values())
    time.advance(DAY)
    embed_by(world, LocalEmbedder())
    mocker.patch("processors.mood.canonical.SAME_AS_STORED", -1.0)  # any mood of the same primary mood is the same now

    await world.find()

    after = await world.moods()
    assert len(after) == len(before) - 1
    assert sum((await world.support()).values()) == total
    assert all("embedding" in mood for mood in after)


async def test_vectors_of_another_model_are_made_anew_and_never_compared(world: MoodWorld, time: MovingClock) -> None:
    await world.scraped(looks())

    class Other(LocalEmbedder):
        model = "other-model"

        async def embed(self, texts: Any, caller: Any) -> Any:
            rows = await super().embed(texts, caller)
            return np.ascontiguousarray(rows[:, ::-1][:, :64] / np.linalg.norm(rows[:, ::-1][:, :64], axis=1)[:, None])

    embed_by(world, Other())
    await world.find()
    support = await world.support()
    assert {mood["embeddingModel"] for mood in await world.moods()} == {"other-model"}
    time.advance(DAY)
    embed_by(world, LocalEmbedder())

    await world.find()

    moods = await world.moods()
    assert {mood["embeddingModel"] for mood in moods} == {LocalEmbedder.model}
    assert decoded([mood["embedding"] for mood in moods]).shape == (len(moods), 256)
    assert await world.support() == support


async def test_nothing_blocks_the_event_loop(new_world: Callable[..., MoodWorld], tmp_path: Path) -> None:
    """A probe that is to run each 5 ms sees by how much the loop is late."""
    world = new_world(documents=SqliteDocuments(tmp_path / "moods.sqlite3"))
    await world.scraped([entry for n in range(8) for entry in _numbered(n)])
    loop, lags = asyncio.get_running_loop(), []

    async def probe() -> None:
        while True:
            began = loop.time()
            await asyncio.sleep(0.005)
            lags.append(loop.time() - began - 0.005)

    watching = asyncio.create_task(probe())
    await world.find()
    watching.cancel()

    lags.sort()
    assert len(lags) > 20
    assert lags[len(lags) * 95 // 100] < 0.1
    assert lags[-1] < 0.5


def _numbered(n: int) -> list[Any]:
    return [replace(entry, url=f"{entry.url}-{n}", title=f"{entry.title} {n}") for entry in looks()]
