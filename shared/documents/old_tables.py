"""Migration of SQLite files: how does one that an older app wrote go on being read?

Ids of the form of a hash were once stored as they are, with a column `original` to tell them from hashes. A table that
has it is written anew, once: each row goes where its id belongs now (docs/decisions/0009).
"""

from __future__ import annotations

import json
import sqlite3

from shared.documents import ids, queries
from shared.documents.containers import Container


def rewrite_old(connection: sqlite3.Connection, container: Container) -> None:
    """Write the table of `container` anew if it is an old one. Raises `sqlite3.Error`; nothing has changed then."""
    if not _is_old(connection, container):
        return
    connection.create_function("stored_as", 3, _stored_as, deterministic=True)
    begin, *texts = queries.rewriting(container)
    connection.execute(begin)
    try:
        if _is_old(connection, container):  # else another process was first
            for text in texts:
                connection.execute(text)
    finally:
        if connection.in_transaction:
            connection.rollback()


def _is_old(connection: sqlite3.Connection, container: Container) -> bool:
    return ("original",) in connection.execute(queries.columns(container)).fetchall()


def _stored_as(original: str | None, stored: str, index: int) -> str:
    return ids.safe(stored if original is None else json.loads(original)[index])
