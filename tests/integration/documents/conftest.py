"""Which Cosmos DB do these tests speak to? The stand-in, and a server that answers as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pytest_httpserver import HTTPServer

from shared.documents.cosmos import CosmosDocuments
from shared.documents.cosmos_account import Account
from tests import cosmos_standin as standin
from tests import cosmos_stores
from tests.integration.documents.told_server import ToldServer


@pytest.fixture
async def cosmos(cosmos_standin: str) -> AsyncIterator[CosmosDocuments]:
    """An empty store in the stand-in."""
    async with cosmos_stores.on_standin(cosmos_standin) as documents:
        yield documents


@pytest.fixture
def told(httpserver: HTTPServer) -> ToldServer:
    """A server that speaks Cosmos DB's protocol as far as one document takes."""
    return ToldServer(httpserver)


@pytest.fixture
async def documents(told: ToldServer) -> AsyncIterator[CosmosDocuments]:
    """The adapter, on the server that answers as it is told."""
    documents = CosmosDocuments(Account(told.endpoint, standin.KEY, "nightshift"))
    yield documents
    await documents.close()
