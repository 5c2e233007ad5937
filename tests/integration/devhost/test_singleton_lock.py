"""Which of several hosts has a lock, and how is it kept and lost?"""

from __future__ import annotations

import asyncio
import uuid

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob.aio import BlobServiceClient

from devhost.plan import Times
from devhost.restart_notice import RestartNotice
from devhost.singleton_lock import SingletonLock
from tests.integration.devhost import timers
from tests.integration.devhost.timers import HOST_ID, ShortLock
from tests.patience import LIMIT_SECONDS, until


class CountedLock(ShortLock):
    """A lock that counts its renewals; while `fails`, storage can't be reached for them."""

    renewals = 0
    fails = False

    async def renew(self) -> bool:
        """Renew the lease."""
        if self.fails:
            raise ServiceRequestError("nobody answers")
        self.renewals += 1
        return await super().renew()


def lock_blob(blobs: BlobServiceClient, name: str, lease_id: str | None = None) -> CountedLock:
    return CountedLock(blobs, HOST_ID, name, lease_id or str(uuid.uuid4()))


def lock_of(blob: CountedLock, seconds: float = 60) -> SingletonLock:
    return SingletonLock("AnyTimer", blob, RestartNotice(), seconds)  # type: ignore[arg-type]


def test_a_lock_outlives_its_host_by_60_seconds_and_others_ask_every_60() -> None:
    assert (Times().lock_lease, Times().lock_retry) == (60, 60)


async def test_of_two_hosts_one_gets_the_lock_until_it_gives_it_back(blobs: BlobServiceClient) -> None:
    first, second = (lock_of(lock_blob(blobs, "shared-lock")) for _ in range(2))
    assert await first.acquire() is True
    assert await second.acquire() is False
    await first.release()
    assert await second.acquire() is True
    await second.release()


async def test_of_many_hosts_at_once_exactly_one_gets_a_new_lock(blobs: BlobServiceClient) -> None:
    locks = [lock_of(lock_blob(blobs, "new-lock")) for _ in range(8)]
    assert sorted(await asyncio.gather(*(lock.acquire() for lock in locks))) == [False] * 7 + [True]
    for lock in locks:
        await lock.release()


async def test_the_same_process_gets_its_own_lock_again(blobs: BlobServiceClient) -> None:
    instance = str(uuid.uuid4())
    before, after = (lock_of(lock_blob(blobs, "own-lock", instance)) for _ in range(2))
    assert await before.acquire() is True
    assert await after.acquire() is True
    await before.release()
    await after.release()


async def test_a_lock_is_renewed_at_half_its_time(blobs: BlobServiceClient) -> None:
    blob = lock_blob(blobs, "renewed-lock")
    lock, begun = lock_of(blob, seconds=0.4), asyncio.get_running_loop().time()
    assert await lock.acquire()
    await until(lambda: blob.renewals >= 3, "three renewals")
    assert asyncio.get_running_loop().time() - begun >= 3 * 0.2
    assert not lock.lost.is_set()
    await lock.release()


async def test_a_lock_that_another_has_taken_is_lost(
    blobs: BlobServiceClient, caplog: pytest.LogCaptureFixture
) -> None:
    lock = lock_of(lock_blob(blobs, "taken-lock"), seconds=0.4)
    assert await lock.acquire()
    await timers.break_lock(blobs, "taken-lock")
    await asyncio.wait_for(lock.lost.wait(), LIMIT_SECONDS)
    assert "AnyTimer: its lock is lost" in caplog.text
    await lock.release()


async def test_a_lock_that_can_not_be_renewed_is_lost_when_its_time_is_over(
    blobs: BlobServiceClient, caplog: pytest.LogCaptureFixture
) -> None:
    blob = lock_blob(blobs, "unreachable-lock")
    lock, begun = lock_of(blob, seconds=0.6), asyncio.get_running_loop().time()
    assert await lock.acquire()
    blob.fails = True
    await asyncio.wait_for(lock.lost.wait(), LIMIT_SECONDS)
    assert asyncio.get_running_loop().time() - begun >= 0.6
    assert "The lock of AnyTimer could not be renewed: here Azure's host would shut down" in caplog.text
    await lock.release()


async def test_an_outage_shorter_than_the_lease_loses_nothing(
    blobs: BlobServiceClient, caplog: pytest.LogCaptureFixture
) -> None:
    blob = lock_blob(blobs, "outage-lock")
    lock = lock_of(blob, seconds=4)
    blob.fails = True
    assert await lock.acquire()
    await until(lambda: "could not be renewed, trying again" in caplog.text, "a failed renewal")
    blob.fails = False
    await until(lambda: blob.renewals >= 1, "a renewal")
    assert not lock.lost.is_set()
    await lock.release()
