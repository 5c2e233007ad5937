"""Do rows end right when an event comes while two workers are at it, in many orders of their operations?

METRICS_SEEDS sets how many orders are tried of each case (default: 30).
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from shared import clock
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics import oracle
from tests.integration.metrics.turns import Turns
from tests.integration.metrics.worlds import EVENTS, ROLL_UPS, World

SEEDS = range(int(os.environ.get("METRICS_SEEDS", "30")))
EARLIER, LATER = "2026-11-20T00:00:00.000Z", "2026-11-20T00:01:00.000Z"
SLICE, HOUR, DAY, BEFORE = (
    "2026-11-23T08:07:12.000Z", "2026-11-23T08:31:00.000Z", "2026-11-23T05:31:00.000Z", "2026-10-31T23:59:59.999Z",
)  # fmt: skip
MEANWHILE: dict[str, dict[str, Any]] = {
    "a correction": {"project": "corrected", "updatedAt": LATER},
    "a void": {"void": True, "updatedAt": LATER},
    "a move within the hour": {"occurredAt": HOUR, "updatedAt": LATER},
    "a move to another month": {"occurredAt": BEFORE, "updatedAt": LATER},
    "another event of the slice": {"event_id": "e13"},
    "another event of the day": {"event_id": "e2", "occurredAt": DAY},
}


def message(number: int, **members: Any) -> dict[str, Any]:
    """Return a message; each has a bit of its own in the sums of costs."""
    return {
        "event_id": "e1", "orgId": "acme", "kind": "llm", "occurredAt": SLICE, "updatedAt": EARLIER, "void": False,
        "project": "", "reason": "challenge", "values": {"cost": 2**number / 1_000_000}, **members,
    }  # fmt: skip


async def work_off_after_a_tick(of: World) -> None:
    """Do a tick, and work off all that there is then."""
    await of.plan()
    await of.work()


@pytest.mark.parametrize("is_rolled_up_before", [True, False])
@pytest.mark.parametrize("meanwhile", list(MEANWHILE))
async def test_what_comes_while_two_workers_are_at_it_counts(
    time: MovingClock, meanwhile: str, is_rolled_up_before: bool
) -> None:
    first, second = message(0), message(1, **MEANWHILE[meanwhile])
    expected = {name: row for (_, name), row in oracle.recomputed([first, second], clock.now()).items()}
    for seed in SEEDS:
        of, turns = World(time), Turns(seed)
        await of.tell(**first)
        if is_rolled_up_before:
            await of.roll_up()
            await of.tell(**first)
        await of.plan()
        of.put(**second)
        taker, worker, planner = processes = [of.another() for _ in range(3)]
        for number, process in enumerate(processes):
            process.documents.turn = turns.of(number)
        await turns.run(taker.deliver(EVENTS), worker.deliver(ROLL_UPS), work_off_after_a_tick(planner))
        await of.settle()

        assert await of.rows() == expected, f"after the order of seed {seed}"
