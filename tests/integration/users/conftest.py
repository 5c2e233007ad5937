"""What do the tests of users share? An empty store: SQLite's, and Cosmos DB's stand-in, which sorts unsafe ids
otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from tests import cosmos_stores


@pytest.fixture(params=["sqlite", "cosmos"])
async def documents(request: pytest.FixtureRequest) -> AsyncIterator[Documents]:
    """An empty store."""
    if request.param == "cosmos":
        async with cosmos_stores.on_standin(request.getfixturevalue("cosmos_standin")) as standin:
            yield standin
        return
    documents = SqliteDocuments(":memory:")
    yield documents
    await documents.close()
