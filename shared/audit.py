"""Audit log: what did operators do, when, and to what?

One document per action in container `audit`, without payloads; kept 400 days.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from shared import clock
from shared.documents.containers import AUDIT
from shared.documents.ids import beside
from shared.documents.port import Documents

KEPT = timedelta(days=400)


async def write(documents: Documents, action: str, *, by: str, **fields: Any) -> None:
    """Record that `by` did `action`, with what it was done to. None fields are left out.

    `scope` (of a job) is kept as `ids.beside` writes it.
    """
    at = clock.text_now()
    if fields.get("scope") is not None:
        fields["scope"] = beside(fields["scope"])
    await documents.create(
        AUDIT,
        {
            "id": f"{at}|{secrets.token_hex(4)}",
            "day": at[:10],
            "at": at,
            "action": action,
            "by": by,
            **{name: value for name, value in fields.items() if value is not None},
            "schemaVersion": 1,
            "ttl": int(KEPT.total_seconds()),
        },
    )
