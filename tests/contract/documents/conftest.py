"""What does every contract test start from? An empty store of each adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.documents.port import Documents
from tests import cosmos_stores
from tests.contract.documents.adapters import ADAPTERS, Adapter


@pytest.fixture(params=ADAPTERS, ids=lambda adapter: adapter.name)
async def documents(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Documents]:
    adapter: Adapter = request.param
    async with adapter.open(request, tmp_path) as documents:
        yield documents


@pytest.fixture(scope="session")
def cosmos_database() -> Iterator[str]:
    """The database of this run in the account that COSMOS_ENDPOINT names, deleted afterwards."""
    name = cosmos_stores.unique_database()
    yield name
    cosmos_stores.delete_database(cosmos_stores.ENDPOINT, cosmos_stores.KEY, name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the failures that an adapter's `cannot` names; a test that passes all the same fails the run."""
    for item in items:
        adapter = getattr(item, "callspec", None) and item.callspec.params.get("documents")  # type: ignore[attr-defined]
        if isinstance(adapter, Adapter):
            for name, reason in adapter.cannot.items():
                if item.name.startswith(name):
                    item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
