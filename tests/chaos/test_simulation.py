"""The real queue runtime under lost answers, kills, outages, zombies, cleared queues and moving time."""

from __future__ import annotations

import pytest

from tests.chaos import simulation
from tests.chaos.__main__ import SEEDS
from tests.chaos.planted import PLANTED

FEW_SEEDS, SEEDS_A_TEST = 100, 25
"""Each planted bug is noticed by a lower seed. ./scripts/chaos runs more of them."""
NOTICED_BY = {
    "attempts_forgotten": 2,
    "crashes_forgotten_by_a_429": 2,
    "creation_passes_a_closed_gate": 3,
    "effect_written_blindly": 2,
    "gate_passed_by_new_generations": 3,
    "hashes_as_they_are": 8,
    "later_asking_leaves_a_live_record_as_it_is": 54,
    "next_record_before_its_message": 11,
    "no_more_room_than_what_was_taken": 18,
    "poison_kills_beside_a_live_claim": 4,
    "probe_due_too_soon": 3,
    "probe_opens_whatever_closed_since": 36,
    "replay_record_before_its_message": 9,
    "rescue_leaves_due_gates_alone": 7,
    "rescue_off": 7,
    "rescue_without_touching": 8,
    "stray_generation_dropped": 2,
    "stray_generation_taken": 2,
}
"""The first seed that notices, where that is not one of the first two: the search begins there."""


@pytest.mark.parametrize("start", range(0, FEW_SEEDS, SEEDS_A_TEST))
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
        seeds = (NOTICED_BY.get(bug, 0), *range(SEEDS))
        found = next((seed for seed in seeds if simulation.run(seed).violation is not None), None)
    assert found is not None, f"{SEEDS} seeds don't notice {PLANTED[bug].__doc__}"
