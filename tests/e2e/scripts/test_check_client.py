"""Does a client that is generated from the API's document work?"""

from __future__ import annotations

import subprocess

import pytest

from tests.azurite import PROJECT
from tests.patience import LIMIT_SECONDS


@pytest.mark.minutes
def test_a_generated_client_is_answered_as_its_types_say() -> None:
    done = subprocess.run(
        ["./scripts/check-client"], cwd=PROJECT, capture_output=True, text=True, timeout=5 * LIMIT_SECONDS
    )

    assert done.returncode == 0, done.stderr
    assert "three calls were answered" in done.stdout
