"""What do all tests share? One Azurite a session, started when the first test asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import azurite as azurite_process
from tests.azurite import Azurite


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    """A running Azurite; tests tell their queues and containers apart by name."""
    try:
        with azurite_process.running(tmp_path_factory.mktemp("azurite")) as running:
            yield running
    except azurite_process.AzuriteMissing as missing:
        pytest.fail(str(missing))
