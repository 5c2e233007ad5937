"""Is a worker seen that is there, and missed that is gone?"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from shared.documents.containers import HEARTBEATS
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from shared.heartbeats import all_of, beating
from shared.jobs import worker_heartbeats
from shared.jobs.worker_heartbeats import HostSeen, beat_on, seen
from tests.integration.jobs.worlds import MovingClock, WatchedDocuments
from tests.patience import until

NOBODY = HostSeen(None, 0)


async def beat_once(documents: Documents, machine: str, process: int = 1) -> None:
    """Let a process beat until its first beat is written."""
    beats = asyncio.create_task(beat_on(documents, machine, process=process))
    name = f"worker:{machine}:{process}"

    async def is_there() -> bool:
        return await documents.get(HEARTBEATS, name, name) is not None

    await until(is_there, "it never beat")
    beats.cancel()
    with suppress(asyncio.CancelledError):
        await beats


async def test_workers_are_seen_until_they_have_been_silent_for_40_seconds(time: MovingClock) -> None:
    documents = SqliteDocuments(":memory:")
    assert await seen(documents, time.now) == NOBODY
    await beat_once(documents, "pod", 1)
    await beat_once(documents, "pod", 2)
    began = time.now

    time.advance(40)
    then = await seen(documents, time.now)
    time.advance(1)
    later = await seen(documents, time.now)

    assert (then, then.is_there(time.now - timedelta(seconds=1))) == (HostSeen(began, 2), True)
    assert (later, later.is_there(time.now)) == (HostSeen(began, 0), False)


async def test_a_housekeeping_timer_shows_a_host_too(time: MovingClock) -> None:
    documents = SqliteDocuments(":memory:")

    async with beating(documents, "RescueJobs"):
        pass

    assert await seen(documents, time.now) == HostSeen(time.now, 0)


async def test_a_beat_of_a_clock_that_is_ahead_shows_nobody(time: MovingClock) -> None:
    documents = SqliteDocuments(":memory:")
    await beat_once(documents, "pod")

    assert await seen(documents, time.now - timedelta(hours=1)) == NOBODY


async def test_who_starts_clears_away_what_has_been_silent_for_an_hour(time: MovingClock) -> None:
    documents = SqliteDocuments(":memory:")
    async with beating(documents, "RescueJobs"):
        pass
    await beat_once(documents, "old-pod")
    time.advance(3601)
    beats = asyncio.create_task(beat_on(documents, "pod", process=1))

    async def cleared() -> bool:
        return (await all_of(documents)).keys() == {"RescueJobs", "worker:pod:1"}

    await until(cleared, "the old one is there still")
    beats.cancel()


async def test_a_worker_beats_on_after_a_beat_that_could_not_be_written(
    monkeypatch: pytest.MonkeyPatch, time: MovingClock
) -> None:
    monkeypatch.setattr(worker_heartbeats, "EVERY", timedelta(milliseconds=1))
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    documents.fail("effect", times=3)  # what the log calls a write to the container of heartbeats
    beats = asyncio.create_task(beat_on(documents, "pod", process=1))

    async def is_seen() -> bool:
        return (await seen(documents, time.now)).workers == 1

    await until(is_seen, "it never beat again")
    beats.cancel()
