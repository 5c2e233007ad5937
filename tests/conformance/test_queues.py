"""Does devhost do with queues what Microsoft's listener was recorded to do? One test a scenario, all side by side."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.conformance import queue_scenarios
from tests.conformance.queue_scenarios import IN_MINUTES, RECORDED
from tests.conformance.stage import Found, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = [name for name in RECORDED if name not in IN_MINUTES]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def found(stage: Stage) -> Found:
    return await queue_scenarios.differing(stage, NAMES)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def found_in_minutes(stage: Stage) -> Found:
    return await queue_scenarios.differing(stage, sorted(IN_MINUTES))


@pytest.mark.parametrize("scenario", NAMES)
async def test_devhost_does_as_recorded(found: Found, scenario: str) -> None:
    assert [str(difference) for difference in found[scenario]] == []


@pytest.mark.minutes
@pytest.mark.parametrize("scenario", sorted(IN_MINUTES))
async def test_devhost_does_as_recorded_in_minutes(found_in_minutes: Found, scenario: str) -> None:
    assert [str(difference) for difference in found_in_minutes[scenario]] == []
