"""Is a run still one run when everything goes wrong at once?

See storms.py. A seed that fails is named, and fails again.
"""

from __future__ import annotations

import pytest

from tests.integration.runs.storms import played

SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_storm_each_slot_has_one_run_that_is_whole(seed: int) -> None:
    played(seed)


def test_a_seed_makes_the_same_storm_again() -> None:
    one, again = played(SEEDS[0]), played(SEEDS[0])

    assert one.dice.getstate() == again.dice.getstate()
    assert one.time.now == again.time.now
