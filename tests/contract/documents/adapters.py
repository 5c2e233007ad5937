"""Which adapters must keep the port's promises? A new one is one line here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from shared.documents.cosmos import CosmosDocuments
from shared.documents.observed import ObservedDocuments
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from tests import cosmos_stores
from tests.telemetry_seen import recorded


@dataclass(frozen=True)
class Adapter:
    """An adapter's name in test ids, its class, and how an empty store is opened for one test.

    `cannot` names the tests, by the beginning of their ids, that what it runs on must fail, and why.
    """

    name: str
    type: type
    open: Callable[[pytest.FixtureRequest, Path], AbstractAsyncContextManager[Documents]]
    cannot: Mapping[str, str] = field(default_factory=dict)


@asynccontextmanager
async def _sqlite(path: Path | Literal[":memory:"]) -> AsyncIterator[Documents]:
    documents = SqliteDocuments(path)
    yield documents
    await documents.close()


@asynccontextmanager
async def _observed() -> AsyncIterator[Documents]:
    with recorded():
        documents = ObservedDocuments(SqliteDocuments(":memory:"), "sqlite")
        yield documents
        await documents.close()


NEVER_EXCUSED = ("test_reading_and_writing.py", "test_compare_and_set.py")
"""The files on which every rule of the app rests: get-missing, create-conflict, ETags. No adapter's `cannot` may name
a test of theirs."""

STANDIN_CANNOT = {
    "test_a_document_is_gone_after_its_ttl": "The stand-in never expires anything.",
    "test_text_is_ordered_by_code_point": "The stand-in compares text as JavaScript does, by UTF-16 code unit.",
    "test_a_condition_matches_by_value_and_type[cosmos-standin-('f.0',": "The stand-in finds member '0' in a list.",
}

ADAPTERS = [
    Adapter("sqlite-file", SqliteDocuments, lambda request, folder: _sqlite(folder / "documents.db")),
    Adapter("sqlite-memory", SqliteDocuments, lambda request, folder: _sqlite(":memory:")),
    Adapter("observed", ObservedDocuments, lambda request, folder: _observed()),
    Adapter(
        "cosmos-standin",
        CosmosDocuments,
        lambda request, folder: cosmos_stores.on_standin(request.getfixturevalue("cosmos_standin")),
        STANDIN_CANNOT,
    ),
]
if cosmos_stores.ENDPOINT:
    ADAPTERS.append(
        Adapter(
            "cosmos-endpoint",
            CosmosDocuments,
            lambda request, folder: cosmos_stores.on_account(request.getfixturevalue("cosmos_database")),
        )
    )
