"""Does a killed worker lose a job, count one twice, or take an innocent with it? Hosts are processes that get SIGKILL.

A short one here; `./scripts/chaos --crash` runs ten seeds of 20 kills, and rescue at production's visibility.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from shared.jobs.kinds import Policy
from tests.azurite import Azurite
from tests.chaos import crash

JOBS, KILLS = 60, 6
NEIGHBOURS = 20


async def test_jobs_of_killed_workers_complete_and_are_counted_once(
    azurite: Azurite, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tell = partial(print, file=sys.stderr)
    with capsys.disabled():
        outcome = await crash.kill_workers(tmp_path, azurite.connection_string, 0, tell, jobs=JOBS, kill_count=KILLS)
        faults = crash.faults_of(outcome, JOBS)
        tell(crash.summary(outcome, faults))

    assert not faults


async def test_a_job_that_kills_its_worker_is_dead_at_its_sixth_crash_and_its_neighbours_complete(
    azurite: Azurite, tmp_path: Path
) -> None:
    outcome = await crash.run_a_killer(tmp_path, azurite.connection_string, NEIGHBOURS)

    killer = outcome.records.pop("killer")
    assert (killer.status, killer.reason and killer.reason.code) == ("dead", "kills_its_worker")
    assert outcome.deaths == Policy().crash_limit
    assert crash.faults_of(outcome, NEIGHBOURS) == []
