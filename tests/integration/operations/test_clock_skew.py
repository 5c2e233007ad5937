"""Does the doctor see that this machine's clock is wrong?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytest_mock import MockerFixture

from operations.health import storage
from shared import clock
from shared.config import Settings
from shared.queues.storage import StorageQueues
from tests.azurite import Azurite


@pytest.mark.parametrize(
    ("shift", "state", "says"), [(0, "ok", "agrees"), (60, "wrong", "s ahead of"), (-60, "wrong", "s behind")]
)
async def test_a_clock_that_differs_from_the_storages_is_wrong(
    azurite: Azurite, shift: int, state: str, says: str
) -> None:
    with clock.running_on(lambda: datetime.now(UTC) + timedelta(seconds=shift)):
        findings = [finding async for finding in storage.check(Settings(storage=azurite.connection_string))]

    [skew] = [finding for finding in findings if finding.check == "clock"]
    assert skew.state == state
    assert says in skew.found


async def test_a_storage_that_answers_late_makes_no_clock_wrong(azurite: Azurite, mocker: MockerFixture) -> None:
    late, server_time = timedelta(), StorageQueues.server_time

    async def half_a_minute_later(queues: StorageQueues) -> datetime:
        nonlocal late
        late = timedelta(seconds=30)
        return await server_time(queues) + late

    mocker.patch.object(StorageQueues, "server_time", half_a_minute_later)
    with clock.running_on(lambda: datetime.now(UTC) + late):
        findings = [finding async for finding in storage.check(Settings(storage=azurite.connection_string))]

    assert [finding.state for finding in findings if finding.check == "clock"] == ["ok"]
