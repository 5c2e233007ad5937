"""Copies of an alert rule: a store with a hundred thousand of them in a second, by one statement of SQL."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from shared import clock

_CLIENTS = 50
_COPIES = """
INSERT INTO alertRules (partition, id, etag, body)
WITH RECURSIVE numbers (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number < :count - 1)
SELECT client, name, etag, json_set(body, '$.clientId', client, '$.id', name, '$.nextDueAt', :due)
FROM (SELECT printf('client-%d', number % :clients) AS client, printf('%s-%d', :first, number) AS name FROM numbers)
CROSS JOIN (SELECT etag, body FROM alertRules WHERE id = :first)
"""


def copy(connection: sqlite3.Connection, first: str, count: int, due: datetime) -> None:
    """Let there be so many rules like `first`, of many clients, which are due at an instant."""
    asked = {"first": first, "count": count, "clients": _CLIENTS, "due": clock.to_text(due)}
    connection.execute(_COPIES, asked)
