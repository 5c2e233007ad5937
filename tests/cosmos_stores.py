"""How does a test get an empty document store in Cosmos DB?"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from azure.cosmos import CosmosClient

from shared.documents.containers import CONTAINERS
from shared.documents.cosmos import CosmosDocuments
from shared.documents.cosmos_account import Account, is_loopback
from shared.errors import PreconditionFailed
from tests import cosmos_standin

ENDPOINT = os.environ.get("COSMOS_ENDPOINT", "")
KEY = os.environ.get("COSMOS_KEY", "")
"""An account or an emulator to test against as well. Without a key the tests' own identity is used."""


def unique_database() -> str:
    """Return a name that no other run and no other test uses."""
    return f"nightshift-test-{uuid.uuid4().hex[:12]}"


@asynccontextmanager
async def on_standin(endpoint: str) -> AsyncIterator[CosmosDocuments]:
    """Open an empty store, in a database of its own, in the stand-in at `endpoint`."""
    documents = CosmosDocuments(Account(endpoint, cosmos_standin.KEY, unique_database()))
    await documents.account.create_missing()
    try:
        yield documents
    finally:
        await documents.close()
        delete_database(endpoint, cosmos_standin.KEY, documents.account.database)


@asynccontextmanager
async def on_account(database: str) -> AsyncIterator[CosmosDocuments]:
    """Open the run's `database` in the account that COSMOS_ENDPOINT names; empty it afterwards."""
    documents = CosmosDocuments(Account(ENDPOINT, KEY, database))
    await documents.account.create_missing()
    try:
        yield documents
    finally:
        await documents.close()
        await _empty(database)


def delete_database(endpoint: str, key: str, database: str) -> None:
    """Delete the database with all that is in it."""
    with CosmosClient(endpoint, key or _identity(), enable_endpoint_discovery=not is_loopback(endpoint)) as client:
        client.delete_database(database)


async def _empty(database: str) -> None:
    documents = CosmosDocuments(Account(ENDPOINT, KEY, database))
    for container in CONTAINERS:
        async for document in documents.query(container, select=["id", container.partition_key]):
            try:
                await documents.delete(
                    container, document.body[container.partition_key], document.body["id"], document.etag
                )
            except PreconditionFailed:
                continue
    await documents.close()


def _identity() -> object:
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()
