"""Are calls that were stored before there were roll-ups counted, once they are backfilled?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from processors.pickup_rate import backfill
from processors.pickup_rate.calls import Call, to_body
from processors.pickup_rate.rollups import KINDS
from processors.pickup_rate.taking_in import take_in
from shared import clock
from shared.documents.containers import CALLS
from shared.errors import UsageError
from shared.measures import Period
from shared.rollups import marks
from tests.integration.alerts.test_rolled_up_rates import A_CALL, NOW, differences, rolled_up
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import MovingClock

WINDOWS = [Period(NOW - timedelta(hours=hours), NOW) for hours in (1, 24, 700)]


async def stored_before(world: AlertWorld, count: int) -> None:
    """Let calls have been stored by an app without roll-ups."""
    for n in range(count):
        at = clock.to_text(NOW - n * timedelta(minutes=47))
        said = {**A_CALL, "call_id": f"c{n}", "requestId": f"lead-{n % 5}", "initiatedAt": at, "updatedAt": at}
        await world.documents.create(CALLS, to_body(Call.model_validate(said), NOW))


async def test_calls_of_before_are_counted_after_their_backfill(
    world: AlertWorld, time: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "_PAGE", 7)
    await stored_before(world, 40)
    assert await differences(world.documents, WINDOWS) != []

    entry = await world.run(backfill.NAME, "2026-11-23")

    assert (entry.status, entry.counters["calls"]) == ("completed", 40)
    await rolled_up(world.documents)
    assert await differences(world.documents, WINDOWS) == []


async def test_a_correction_of_a_call_of_before_needs_no_backfill_of_it(world: AlertWorld, time: MovingClock) -> None:
    await stored_before(world, 1)
    moved = {**A_CALL, "call_id": "c0", "merchantId": "m2", "initiatedAt": clock.to_text(NOW - timedelta(hours=3))}
    await take_in(world.documents, Call.model_validate({**moved, "updatedAt": clock.text_now()}))

    await rolled_up(world.documents)

    assert await differences(world.documents, WINDOWS) == []


async def test_a_backfill_again_changes_nothing(world: AlertWorld, time: MovingClock) -> None:
    await stored_before(world, 5)
    await world.run(backfill.NAME, "2026-11-23")
    await rolled_up(world.documents)

    await world.run(backfill.NAME, "2026-11-23", force=True)

    assert await marks.count(world.documents, KINDS) > 0
    await rolled_up(world.documents)
    assert await differences(world.documents, WINDOWS) == []


@pytest.mark.parametrize("text", ["", "today", "2026-W48", "2026-11-31", "2026-11-23T00:00:00Z"])
def test_what_is_no_day_is_no_slot(text: str) -> None:
    with pytest.raises(UsageError):
        backfill.read_slot(text)
