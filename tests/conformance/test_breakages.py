"""Would a wrong devhost be caught? Each breakage, by the scenario that is named for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from azure.storage.queue.aio import QueueServiceClient

from tests.azurite import Azurite
from tests.conformance import queue_scenarios, timer_scenarios
from tests.conformance.agreement import Difference
from tests.conformance.broken_host import BREAKAGES
from tests.conformance.stage import Found, Stage
from tests.patience import seconds

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.minutes]

CAUGHT_BY: dict[str, tuple[str, str, Callable[[Any], bool]]] = {
    "receipt_ignored": ("defer", "starts", lambda starts: starts[:2] == [1, 1]),
    "threshold_off_by_one": ("staggered", "first", lambda first: first[:6] == [1, 2, 3, 4, 3, 4]),
    "poison_threshold_off_by_one": ("fail-always", "starts", lambda starts: starts == [1, 2, 3, 4]),
    "poison_without_body": ("big-message", "poison_same", lambda same: same == [False]),
    "status_saved_before_the_run": ("cut-off", "pastDue", lambda past_due: past_due == [False]),
    "early_run_not_counted": ("early-run", "runs", lambda runs: runs > 1),
}
"""The scenario, and what is seen in it that differs from what was recorded, among others."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def found(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Found]:
    """Where each broken host differs in its scenario, all played side by side."""
    async with QueueServiceClient.from_connection_string(azurite.connection_string) as service:

        async def differing(breakage: str) -> list[Difference]:
            scenario, *_ = CAUGHT_BY[breakage]
            stage = Stage(
                azurite,
                tmp_path_factory.mktemp(breakage),
                service,
                module="tests.conformance.broken_host",
                environ={"BREAKAGE": breakage},
                # What is missing would be waited for in vain.
                limit_seconds=seconds(14),
            )
            scenarios = timer_scenarios if scenario in timer_scenarios.RECORDED else queue_scenarios
            return (await scenarios.differing(stage, [scenario]))[scenario]

        yield dict(zip(CAUGHT_BY, await asyncio.gather(*map(differing, CAUGHT_BY)), strict=True))


async def test_every_breakage_has_a_scenario() -> None:
    assert CAUGHT_BY.keys() == BREAKAGES.keys()


@pytest.mark.parametrize("breakage", CAUGHT_BY)
async def test_a_broken_host_is_caught(found: Found, breakage: str) -> None:
    _, member, is_wrong = CAUGHT_BY[breakage]
    (difference,) = [difference for difference in found[breakage] if difference.member == member]
    assert is_wrong(difference.seen), str(difference)
