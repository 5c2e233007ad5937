"""Replays of many dead letters as a run, over HTTP: each letter once, whatever breaks off."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from api.ids import encoded
from processors.catalogue import run_definitions
from shared.blobs.containers import WARDROBE_IMAGES
from shared.errors import NightshiftError, Permanent, Unavailable
from shared.jobs import bulk_replay, transitions
from shared.jobs.interventions import LOOP_GUARD
from shared.jobs.outcome import Deferred
from shared.jobs.record import JobKey
from shared.jobs.record_store import Records
from shared.jobs.runs.definition import Run
from tests.integration.api.worlds import ApiWorld

UNKNOWN = "replay-dead-letters|2026-11-23T09:00:00.000Z@cap=100@rate=10"


@pytest.fixture(autouse=True)
async def pictures(world: ApiWorld) -> None:
    """Pictures can be read: what taste jobs need before they are replayed."""
    await world.blobs.ensure(WARDROBE_IMAGES)


async def letters(world: ApiWorld, count: int = 3) -> list[str]:
    """Let so many likes die, one a second."""
    ids = [f"hat-{number}" for number in range(count)]
    for one in ids:
        await world.dead(one)
        world.time.advance(1)
    return ids


async def asked(world: ApiWorld, **said: Any) -> dict[str, Any]:
    """Return the answer to asking for a replay."""
    told = await world.asked("POST", "/dead-letters/replays", "operator", json={"dryRun": False, "rate": 1000, **said})
    assert told.status_code in (200, 202), told.text
    answer: dict[str, Any] = told.json()
    return answer


async def shown(world: ApiWorld, id: str) -> dict[str, Any]:
    """Return how far a replay is."""
    answer: dict[str, Any] = (await world.asked("GET", f"/dead-letters/replays/{encoded(id)}", "reader")).json()
    return answer


async def steps(world: ApiWorld) -> None:
    """Do what the run's messages ask for, until there are none."""
    kind = world.registry.named("run")
    while (delivery := world.queues.receive(kind.queue)) is not None:
        try:
            await world.runtime.deliver(kind, delivery)
        except Deferred:
            world.time.advance(60)
            continue
        world.queues.delete(delivery)


def sent(world: ApiWorld) -> list[str]:
    """Return the likes that were sent, in order."""
    return [one["job_id"] for one in world.queues.sent if "job_id" in one]


async def dies_again(world: ApiWorld, id: str, error: NightshiftError) -> None:
    held = await Records(world.documents).get(JobKey("ada", id))
    assert held is not None
    await Records(world.documents).replace(held, transitions.dead(held.record, transitions.reason_of("taste", error)))


async def test_a_dry_run_tells_how_many_are_meant_and_sends_none(world: ApiWorld) -> None:
    await letters(world)
    told = await world.asked("POST", "/dead-letters/replays", "operator", json={"queue": world.taste.queue})

    assert (told.status_code, told.json()["id"], told.json()["left"]) == (200, None, 3)
    assert sent(world) == []


async def test_letters_are_sent_again_and_the_run_tells_how_many(world: ApiWorld) -> None:
    ids = await letters(world)
    begun = await asked(world)
    await steps(world)
    ended = await shown(world, begun["id"])

    assert (begun["left"], begun["replayed"]) == (3, 0)
    assert (ended["status"], ended["left"], ended["replayed"], ended["refused"]) == ("completed", 0, 3, {})
    assert sorted(sent(world)) == ids
    assert {await world.status(one) for one in ids} == {"queued"}
    assert {line["by"] for line in await world.audited("replay")} == {f"key:operator by run {begun['id']}"}


async def test_only_what_the_filter_means_is_sent(world: ApiWorld) -> None:
    await letters(world)
    begun = await asked(world, cause="no such cause")
    await steps(world)

    assert (await shown(world, begun["id"]))["status"] == "completed"
    assert sent(world) == []


async def test_no_more_than_the_cap_are_sent_over_all_pages(world: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_replay, "_PAGE", 2)
    ids = await letters(world, 5)
    begun = await asked(world, cap=3)
    await steps(world)

    assert sorted(sent(world)) == ids[:3]
    assert (await shown(world, begun["id"]))["left"] == 2


async def test_letters_that_failed_at_one_instant_are_all_sent(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_replay, "_PAGE", 2)
    for number in range(5):
        await world.dead(f"hat-{number}")
    world.time.advance(1)
    begun = await asked(world)
    await steps(world)

    assert sorted(sent(world)) == [f"hat-{number}" for number in range(5)]
    assert (await shown(world, begun["id"]))["replayed"] == 5


async def test_one_that_dies_again_meanwhile_is_not_sent_again(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_replay, "_PAGE", 1)
    await letters(world)
    await asked(world)
    planned = bulk_replay._replayed

    async def dying(*given: Any) -> Any:
        page = await planned(*given)
        if len(sent(world)) == 1:
            world.time.advance(1)
            await dies_again(world, "hat-0", Permanent("gone again", code="gone"))
        return page

    monkeypatch.setattr(bulk_replay, "_replayed", dying)
    await steps(world)

    assert sent(world) == ["hat-0", "hat-1", "hat-2"]
    assert await world.status("hat-0") == "dead"


async def test_a_step_that_is_done_again_sends_only_what_is_left(world: ApiWorld) -> None:
    ids = await letters(world)
    begun = await asked(world)
    definition = run_definitions(world.settings).named(bulk_replay.NAME)
    slot = definition.read(begun["id"].partition("|")[2])
    run = Run(begun["id"], definition.name, slot, None, "manual", "key:operator", world.services)
    await definition.plan(run, None)  # its worker dies before the ledger has it
    await dies_again(world, ids[0], Permanent("at once, by a clock that is behind", code="gone"))
    await steps(world)

    assert sorted(sent(world)) == ids
    assert (await shown(world, begun["id"]))["status"] == "completed"


async def test_a_store_that_fails_midway_only_delays_it(world: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = await letters(world)
    begun = await asked(world)
    replace, failed = Records.replace, list[str]()

    async def failing(self: Records, held: Any, record: Any) -> Any:
        if record.key.id == ids[1] and not failed:
            failed.append(record.key.id)
            raise Unavailable("The store doesn't answer", code="store_unavailable", dependency="store")
        return await replace(self, held, record)

    monkeypatch.setattr(Records, "replace", failing)
    await steps(world)

    assert failed == [ids[1]]
    assert {await world.status(one) for one in ids} == {"queued"}
    assert set(sent(world)) == set(ids)
    assert {one["generation"] for one in world.queues.sent if "job_id" in one} == {2}, "a second message counts once"
    assert (await shown(world, begun["id"]))["left"] == 0


@pytest.mark.parametrize(("force", "status"), [(False, "dead"), (True, "queued")])
async def test_the_fourth_replay_for_one_cause_is_refused_unless_forced(
    world: ApiWorld, force: bool, status: str
) -> None:
    letter = await world.dead("hat")
    held = await Records(world.documents).get(letter.key)
    assert held is not None
    assert letter.reason is not None
    looped = dataclasses.replace(held.record, replays=(letter.reason.cause,) * LOOP_GUARD)
    await Records(world.documents).replace(held, looped)
    begun = await asked(world, force=force)
    await steps(world)
    ended = await shown(world, begun["id"])

    assert await world.status("hat") == status
    assert (ended["replayed"], ended["refused"]) == ((1, {}) if force else (0, {"replay_loop": 1}))


async def test_a_cancelled_one_sends_no_more(world: ApiWorld) -> None:
    await letters(world)
    begun = await asked(world)
    path = f"/dead-letters/replays/{encoded(begun['id'])}/cancel"
    told = await world.asked("POST", path, "operator", params={"why": "wrong queue"})
    await steps(world)
    again = await world.asked("POST", path, "operator")

    assert (told.status_code, told.json()["status"], again.status_code) == (200, "cancelled", 422)
    assert sent(world) == []
    assert (await shown(world, begun["id"]))["left"] == 3


@pytest.mark.parametrize("id", ["digest|2026-W48", UNKNOWN, "replay-dead-letters|today"])
async def test_what_is_no_replay_is_not_found(world: ApiWorld, id: str) -> None:
    told = await world.asked("GET", f"/dead-letters/replays/{encoded(id)}", "reader")

    assert (told.status_code, told.json()["code"]) == (404, "run_not_found")


@pytest.mark.parametrize("said", [{"cap": 100_001}, {"rate": 0.01}, {"ids": []}])
async def test_a_cap_or_a_rate_that_can_not_be_is_refused(world: ApiWorld, said: dict[str, Any]) -> None:
    told = await world.asked("POST", "/dead-letters/replays", "operator", json={"dryRun": False, **said})

    assert (told.status_code, told.json()["code"]) == (422, "request_invalid")
