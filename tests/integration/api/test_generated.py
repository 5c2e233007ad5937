"""Requests that are generated from the document: no failure of ours, and no answer that isn't documented.

`scripts/fuzz-api` asks more of them.
"""

from __future__ import annotations

from tests.azurite import Azurite
from tests.integration.api import generated
from tests.integration.jobs.worlds import MovingClock

CASES = 2


def test_no_generated_request_meets_an_answer_that_is_not_documented(time: MovingClock, azurite: Azurite) -> None:
    time.advance(1)
    with generated.running(time, azurite.connection_string) as (loop, world):
        asked, flaws = generated.check_all(loop, world, CASES)

    assert flaws == {}
    assert asked > 150
