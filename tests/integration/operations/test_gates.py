"""What does opening a gate answer, and what goes on?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from operations import gates
from operations.gates import Opened
from shared.errors import NotFound
from shared.jobs.opening import LetGo
from tests.actors import ADMIN
from tests.integration.jobs.worlds import MovingClock
from tests.integration.operations.worlds import OperatedWorld


async def close(world: OperatedWorld, time: MovingClock, gate: str) -> None:
    until = time.now + timedelta(minutes=30)
    await gates.close(world.documents, world.settings, ADMIN, gate, reason="moving", until=until)


async def opened(world: OperatedWorld, gate: str) -> tuple[Opened, list[LetGo]]:
    found = await gates.open_(world.services, ADMIN, gate)
    return found, [one async for one in gates.let_go(world.services, ADMIN, found)]


async def test_an_opened_gate_lets_jobs_go_and_names_the_gates_that_hold_them_still(
    world: OperatedWorld, time: MovingClock
) -> None:
    gate, model = world.taste.gates[:2]
    await close(world, time, gate)
    await close(world, time, model)
    await world.like("hat")

    found, done = await opened(world, gate)

    assert found.still_closed == (model,)
    assert [(one.job.id, one.woken) for one in done if one.job] == [("hat", True)]
    assert world.messages(world.taste.queue) == 1
    assert len(await world.audited("open gate")) == 1


async def test_a_gate_that_is_open_and_holds_nothing_is_not_opened(world: OperatedWorld) -> None:
    await world.like("hat")

    with pytest.raises(NotFound, match="isn't closed"):
        await opened(world, world.taste.gates[0])
    assert world.messages(world.taste.queue) == 0
