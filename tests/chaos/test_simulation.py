"""The real queue runtime under lost answers, kills, outages, zombies, cleared queues and moving time."""

from __future__ import annotations

import pytest

from tests.chaos import simulation
from tests.chaos.__main__ import SEEDS
from tests.chaos.planted import PLANTED

SEEDS_A_TEST = 50


@pytest.mark.parametrize("start", range(0, SEEDS, SEEDS_A_TEST))
def test_the_runtime_keeps_its_promises_whatever_goes_wrong(start: int) -> None:
    reports = [simulation.run(seed) for seed in range(start, start + SEEDS_A_TEST)]
    broken = [str(report) for report in reports if report.violation is not None]
    assert not broken, "\n".join(broken)


def test_a_seed_replays_exactly() -> None:
    traces: list[list[str]] = [[], []]
    for trace in traces:
        simulation.run(7, trace.append)
    assert len(traces[0]) > 100
    assert traces[0] == traces[1]


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(bug: str) -> None:
    with PLANTED[bug]():
        found = next((seed for seed in range(SEEDS) if simulation.run(seed).violation is not None), None)
    assert found is not None, f"{SEEDS} seeds don't notice {PLANTED[bug].__doc__}"
