"""What does a housekeeping timer leave behind?"""

from __future__ import annotations

import pytest

from shared.documents.sqlite import SqliteDocuments
from shared.errors import Unavailable
from shared.heartbeats import all_of, beating
from tests.integration.jobs.worlds import MovingClock, WatchedDocuments

NINE = "2026-11-23T09:00:00.000Z"


async def test_a_success_is_noted_with_its_duration(time: MovingClock) -> None:
    documents = SqliteDocuments(":memory:")

    async with beating(documents, "RescueJobs"):
        time.advance(1.5)

    assert await all_of(documents) == {
        "RescueJobs": {
            "id": "RescueJobs", "schemaVersion": 1, "lastStart": NINE, "lastSuccess": "2026-11-23T09:00:01.500Z",
            "lastDurationMs": 1500,
        }
    }  # fmt: skip


async def test_an_error_is_noted_beside_the_last_success_and_goes_on_its_way(time: MovingClock) -> None:
    documents = SqliteDocuments(":memory:")
    async with beating(documents, "RescueJobs"):
        pass
    time.advance(60)

    with pytest.raises(Unavailable):
        async with beating(documents, "RescueJobs"):
            raise Unavailable("no queue", dependency="queue", code="queue_away")

    heartbeat = (await all_of(documents))["RescueJobs"]
    assert heartbeat["lastSuccess"] == NINE
    assert heartbeat["lastError"] == {
        "at": "2026-11-23T09:01:00.000Z", "class": "Unavailable", "code": "queue_away", "message": "no queue",
    }  # fmt: skip


async def test_a_heartbeat_that_cannot_be_written_does_not_stop_the_work() -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    documents.fail("effect")  # what the log calls a write to the container of heartbeats
    worked = False

    async with beating(documents, "RescueJobs"):
        worked = True

    assert worked
