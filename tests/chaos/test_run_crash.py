"""Is a scheduled run one run, whoever asks for it and whatever dies? Hosts are processes, some of which get SIGKILL.

One seed here; `./scripts/chaos --runs` runs ten.
"""

from __future__ import annotations

from pathlib import Path

from tests.azurite import Azurite
from tests.chaos import run_crash


async def test_timers_of_two_hosts_make_one_run_that_does_each_shard_once(azurite: Azurite, tmp_path: Path) -> None:
    outcome = await run_crash.run_by_timer(tmp_path, azurite.connection_string)

    assert outcome.faults(counted=False) == []
    assert {entry.trigger for entry in outcome.entries} == {"timer"}


async def test_a_run_whose_hosts_are_killed_completes_and_does_nothing_twice(azurite: Azurite, tmp_path: Path) -> None:
    outcome = await run_crash.run_with_kills(tmp_path, azurite.connection_string, 0, print)

    assert outcome.faults(counted=True) == []
