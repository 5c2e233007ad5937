"""SQLite tables: how does one connection read and write documents?

The synchronous half of the adapter: one table per container, made when it is first used. Each call is one statement,
committed by itself, so writers of several processes only ever meet at SQLite's own lock.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shared import clock
from shared.documents import bodies, ids, queries
from shared.documents.containers import Container
from shared.documents.old_tables import rewrite_old
from shared.documents.port import Document
from shared.errors import Conflict, PreconditionFailed

BUSY_TIMEOUT_SECONDS = 5.0
"""How long a statement waits for other processes' locks."""
WRITES_BETWEEN_SWEEPS = 256

CHARACTERS_A_PAGE = 2**20
"""A page ends with the document that reaches this many: bounds memory when bodies are big."""

Row = tuple[str, str, str, str, Any]
"""body, etag, id, partition, sort value."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of a query read, and whether nothing comes after it."""

    rows: list[Row]
    is_last: bool


class Tables:
    """The tables of one connection to `path`. Any thread may use it, one call at a time. Raises `sqlite3.Error`."""

    def __init__(self, path: Path | Literal[":memory:"]) -> None:
        self._connection = _open_memory() if path == ":memory:" else _open_file(Path(path))
        self._statements: dict[str, queries.Statements] = {}
        self._writes = 0

    def get(self, container: Container, partition: str, id: str) -> Document | None:
        """Return the document, or None when there is none."""
        texts = self._texts(container)
        key = ids.key(partition, id)
        row = self._connection.execute(texts.get, (*key, _now())).fetchone()
        return None if row is None else Document(bodies.decode(container, row[0], key.partition), row[1])

    def create(self, container: Container, encoded: bodies.Encoded) -> Document:
        """Store a new document. Raises Conflict."""
        text, now, etag = self._texts(container).create, _now(), _new_etag()
        self._sweep_now_and_then(container, now)
        parameters = (*encoded.key, etag, encoded.text, _expiry(encoded, now), now)
        if self._connection.execute(text, parameters).rowcount != 1:
            raise Conflict(f"Id {encoded.copy['id']!r} is taken in {container.name}.", dependency="store")
        return bodies.Written(encoded, etag)

    def upsert(self, container: Container, encoded: bodies.Encoded) -> Document:
        """Store the document whatever was there."""
        text, now, etag = self._texts(container).upsert, _now(), _new_etag()
        self._sweep_now_and_then(container, now)
        self._connection.execute(text, (*encoded.key, etag, encoded.text, _expiry(encoded, now)))
        return bodies.Written(encoded, etag)

    def replace(self, container: Container, encoded: bodies.Encoded, etag: str) -> Document:
        """Store the document over the version `etag`. Raises PreconditionFailed."""
        text, now, new_etag = self._texts(container).replace, _now(), _new_etag()
        self._sweep_now_and_then(container, now)
        parameters = (new_etag, encoded.text, _expiry(encoded, now), *encoded.key, etag, now)
        if self._connection.execute(text, parameters).rowcount != 1:
            raise _changed(container, encoded.copy["id"])
        return bodies.Written(encoded, new_etag)

    def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """Delete the version `etag`. Raises PreconditionFailed."""
        text = self._texts(container).delete
        if self._connection.execute(text, (*ids.key(partition, id), etag, _now())).rowcount != 1:
            raise _changed(container, id)

    def page(self, selection: queries.Selection, after: queries.Place | None, size: int) -> Page:
        """Return up to `size` rows behind `after`; fewer when their bodies are big."""
        self._texts(selection.container)
        rows: list[Row] = []
        characters = 0
        with closing(self._connection.execute(*queries.page(selection, after, _now(), size))) as cursor:
            for row in cursor:
                rows.append(row)
                characters += len(row[0])
                if characters >= CHARACTERS_A_PAGE:
                    return Page(rows, is_last=False)
        return Page(rows, is_last=len(rows) < size)

    def count(self, selection: queries.Selection) -> int:
        """Return how many documents `selection` asks for."""
        self._texts(selection.container)
        return int(self._connection.execute(*queries.count(selection, _now())).fetchone()[0])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _sweep_now_and_then(self, container: Container, now: float) -> None:
        # Before the write, not after it: a sweep that fails must not make a write that stands look lost.
        if container.expires:
            self._writes += 1
            if self._writes % WRITES_BETWEEN_SWEEPS == 0:
                self._connection.execute(self._texts(container).sweep, (now,))

    def _texts(self, container: Container) -> queries.Statements:
        texts = self._statements.get(container.name)
        if texts is None:
            texts = queries.statements(container)
            rewrite_old(self._connection, container)
            for text in texts.schema:
                self._connection.execute(text)
            self._statements[container.name] = texts
        return texts


def _open_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def _open_file(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _use_wal(connection)
        connection.execute(queries.SYNCHRONISE_AT_CHECKPOINTS)
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    # SQLite doesn't wait for the lock of this one change, which processes that start together all want to make.
    give_up = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute(queries.USE_WAL)
            return
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.01)


def _now() -> float:
    return clock.now().timestamp()


def _new_etag() -> str:
    # Random: never the same again for an id that is deleted and created, nor in two processes.
    return os.urandom(12).hex()


def _expiry(encoded: bodies.Encoded, now: float) -> float | None:
    return None if encoded.ttl_seconds is None else now + encoded.ttl_seconds


def _changed(container: Container, id: str) -> PreconditionFailed:
    return PreconditionFailed(f"{id!r} in {container.name} isn't the version that was read.", dependency="store")
