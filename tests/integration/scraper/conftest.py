"""What do the tests of the scraper share? A site, a clock they move, and workers of the two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from demo.feeds_double import Site, serving
from tests.integration.jobs.worlds import MovingClock
from tests.integration.scraper.worlds import ScrapeWorld


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that shows nothing yet."""
    with serving({}) as running:
        yield running


@pytest.fixture
async def new_world(site: Site, time: MovingClock) -> AsyncIterator[Callable[..., ScrapeWorld]]:
    """Make workers that may fetch from the site."""
    async with AsyncExitStack() as stack:

        def made(**more: Any) -> ScrapeWorld:
            world = ScrapeWorld(site, time, **more)
            stack.push_async_callback(world.close)
            return world

        yield made


@pytest.fixture
def world(new_world: Callable[..., ScrapeWorld]) -> ScrapeWorld:
    """A worker."""
    return new_world()
