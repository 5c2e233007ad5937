"""Which adapters must keep the port's promises? A new one is one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments


@dataclass(frozen=True)
class Adapter:
    """An adapter's name in test ids, its class, and how an empty store is opened with a folder of its own."""

    name: str
    type: type
    open: Callable[[Path], Documents]


ADAPTERS = [
    Adapter("sqlite-file", SqliteDocuments, lambda folder: SqliteDocuments(folder / "documents.db")),
    Adapter("sqlite-memory", SqliteDocuments, lambda folder: SqliteDocuments(":memory:")),
]
