"""What do the tests of commands share? One recorded world, which each asks on a copy of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.azurite import Azurite
from tests.integration.cli.recording import Recording


@pytest.fixture(scope="session")
def recording(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    """The recorded world, built once."""
    built = Recording(tmp_path_factory.mktemp("recorded"), azurite)
    yield built
    built.close()
