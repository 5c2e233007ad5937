"""Where do these tests look? At Azurite and the stand-in for Cosmos DB, each behind a door that refuses like Azure."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from pytest_httpserver import HTTPServer

from shared.blobs.containers import CONTAINERS
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.cosmos import CosmosDocuments
from shared.documents.cosmos_account import Account
from shared.needs import queues as queue_needs
from shared.needs.place import Place, Who
from shared.queues.storage import StorageQueues
from tests import cosmos_standin as standin
from tests import cosmos_stores
from tests.azurite import Azurite
from tests.integration.needs.door import PRINCIPAL, Door

PLACE = Place("app", "rg", "acct", "cosmos-acct", Who(PRINCIPAL))


@pytest.fixture
def settings(azurite: Azurite) -> Settings:
    """Settings whose queues are this test's own; none is there."""
    own = uuid.uuid4().hex[:8]
    members = [one.name for one in dataclasses.fields(Settings) if one.metadata["queue"]]
    queues = {member: f"needs-{own}-{n}" for n, member in enumerate(members)}
    return dataclasses.replace(Settings(), storage=azurite.connection_string, **queues)


@pytest.fixture
def queue_door(azurite: Azurite) -> Iterator[Door]:
    """A door before Azurite's queues."""
    with HTTPServer(port=0) as server:
        yield Door(server, azurite.queue_endpoint)


@pytest.fixture
def blob_door(azurite: Azurite) -> Iterator[Door]:
    """A door before Azurite's blobs."""
    with HTTPServer(port=0) as server:
        yield Door(server, azurite.blob_endpoint)


@pytest.fixture
def cosmos_door(cosmos_standin: str) -> Iterator[Door]:
    """A door before the stand-in."""
    with HTTPServer(port=0) as server:
        yield Door(server, cosmos_standin)


@pytest.fixture
async def queues(queue_door: Door, azurite: Azurite, settings: Settings) -> AsyncIterator[StorageQueues]:
    """Every queue that the settings name, behind the door."""
    through = azurite.connection_string.replace(azurite.queue_endpoint, queue_door.url)
    opened = StorageQueues.from_connection_string(through)
    for name in queue_needs.names(settings):
        await opened.ensure(name)
    yield opened
    await opened.close()


@pytest.fixture
async def blobs(blob_door: Door, azurite: Azurite) -> AsyncIterator[Blobs]:
    """The app's containers, behind the door."""
    opened = Blobs.from_connection_string(azurite.connection_string.replace(azurite.blob_endpoint, blob_door.url))
    for name in CONTAINERS:
        await opened.ensure(name)
    yield opened
    await opened.close()


@pytest.fixture
async def documents(cosmos_door: Door, cosmos_standin: str) -> AsyncIterator[CosmosDocuments]:
    """An empty store with every container, behind the door."""
    async with cosmos_stores.on_standin(cosmos_standin) as made:
        opened = CosmosDocuments(Account(cosmos_door.url, standin.KEY, made.account.database))
        yield opened
        await opened.close()
