"""Do roll-ups say what was told, though hosts are killed?

A thousand events here; `./scripts/chaos --metrics` has 20,000.
"""

from __future__ import annotations

from pathlib import Path

from tests.azurite import Azurite
from tests.chaos import metrics_crash


async def test_rows_of_hosts_that_are_killed_are_those_of_one_full_recompute_of_what_was_told(
    azurite: Azurite, tmp_path: Path
) -> None:
    outcome = await metrics_crash.roll_up_with_kills(tmp_path, azurite.connection_string, 0, metrics_crash.SHORT, print)
    print(outcome)

    assert outcome.faults() == []
