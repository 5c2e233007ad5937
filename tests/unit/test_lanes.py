"""What do lanes keep in order, and what ends them?"""

from __future__ import annotations

import asyncio

import pytest

from shared import lanes


async def test_things_of_one_lane_run_in_turn_and_others_beside_them() -> None:
    done: list[tuple[str, int]] = []
    both_run = asyncio.Barrier(2)

    async def work(thing: tuple[str, int]) -> None:
        if thing[1] == 0:
            async with asyncio.timeout(5):
                await both_run.wait()
        done.append(thing)

    await lanes.run([(user, n) for n in range(50) for user in ("ada", "ben")], lambda thing: thing[0], work)

    assert [n for user, n in done if user == "ada"] == list(range(50))
    assert [n for user, n in done if user == "ben"] == list(range(50))


async def test_the_first_exception_ends_it_all() -> None:
    begun: list[int] = []

    async def work(thing: int) -> None:
        begun.append(thing)
        raise ValueError(f"thing {thing}")

    with pytest.raises(ValueError, match="thing 0"):
        await lanes.run(range(10_000), lambda thing: "one lane", work)

    assert begun == [0]
