"""What does every contract test start from? An empty store of each adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.documents.port import Documents
from tests.contract.documents.adapters import ADAPTERS, Adapter


@pytest.fixture(params=ADAPTERS, ids=lambda adapter: adapter.name)
async def documents(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Documents]:
    adapter: Adapter = request.param
    documents = adapter.open(tmp_path)
    yield documents
    await documents.close()
