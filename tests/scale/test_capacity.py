"""Are the counts that the page of capacity is made from those of the code as it is?"""

from __future__ import annotations

import pytest

from bench.capacity import stored_counts
from bench.capacity_model import QUESTION
from bench.capacity_parameters import PROFILE
from bench.capacity_units import UNITS, counted

SIZES = 0.02
"""By which share a size may differ: times and ids are some characters longer at times."""


def test_every_unit_of_the_profile_is_counted() -> None:
    assert {*PROFILE, QUESTION} == set(UNITS) == set(stored_counts())


@pytest.mark.parametrize("unit", UNITS)
async def test_a_unit_asks_what_the_page_says(unit: str) -> None:
    found, stored = await counted(unit), stored_counts()[unit]

    assert {part: set(found[part]) for part in found} == {part: set(stored[part]) for part in stored}
    for part in ("documents", "queues"):
        for name, figures in found[part].items():
            assert figures == pytest.approx(stored[part][name], rel=SIZES), f"{name}: python -m bench.capacity --count"
    assert found["days"] == stored["days"]
    assert found["blobs"] == pytest.approx(stored["blobs"], rel=SIZES)
