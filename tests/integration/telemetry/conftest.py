"""What do the tests of telemetry share? Signals that are recorded in memory, and a worker whose store is observed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer

from shared.documents.observed import ObservedDocuments
from shared.jobs.runtime import Runtime
from tests.integration.models.conftest import model, picture_url
from tests.integration.models.model_double import ModelDouble
from tests.integration.models.worlds import World, settings
from tests.telemetry_seen import Seen, recorded

__all__ = ["model", "picture_url", "seen", "world"]


@pytest.fixture
def seen() -> Iterator[Seen]:
    """What telemetry sees while the test runs."""
    with recorded() as found:
        yield found


@pytest.fixture
async def world(model: ModelDouble, httpserver: HTTPServer, seen: Seen) -> AsyncIterator[World]:
    """A worker of taste jobs that asks the model, and whose calls of the store are told of."""
    made = World(settings(openai_base_url=model.url, fetch_allowed_local=f"localhost:{httpserver.port}"))
    made.services = replace(made.services, documents=ObservedDocuments(made.documents, "sqlite"))
    made.runtime = Runtime(made.services)
    yield made
    await made.close()
