"""What do the tests of the rules share? A clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import clock
from tests.unit.jobs.build import NOW


@pytest.fixture(autouse=True, scope="package")
def _standing_clock() -> Iterator[None]:
    with clock.running_on(lambda: NOW):
        yield
