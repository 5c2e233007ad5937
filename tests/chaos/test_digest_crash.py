"""Does each user get one digest and mail though hosts are killed? One seed; `./scripts/chaos --digests` runs ten."""

from __future__ import annotations

from pathlib import Path

from tests.azurite import Azurite
from tests.chaos import digest_crash


async def test_a_digest_run_whose_hosts_are_killed_gives_each_user_exactly_one(
    azurite: Azurite, tmp_path: Path
) -> None:
    outcome = await digest_crash.run_with_kills(tmp_path, azurite.connection_string, 0)

    assert outcome.faults() == []
