"""Audit log: what did operators do, when, and to what?

One document per action in container `audit`, without payloads; kept 400 days. A change of what is configured says what
was there `before` and is there `after`: only what differs.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from shared import clock
from shared.documents.containers import AUDIT
from shared.documents.ids import beside
from shared.documents.port import Documents
from shared.masking import masked_json

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


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields `before` and `after` of a change, for `write`: members that differ, secrets masked.

    Members of members are compared one by one. What there wasn't, or isn't any more, is left out on that side; a side
    without anything is None.
    """
    was, is_ = _flat(before), _flat(after)
    differs = [name for name in {**was, **is_} if was.get(name) != is_.get(name)]
    return {
        side: masked_json({name: members[name] for name in differs if members.get(name) is not None}) or None
        for side, members in (("before", was), ("after", is_))
    }


def _flat(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return members with those of a member beside them, under a dotted name."""
    flat: dict[str, Any] = {}
    for name, value in members.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{part}": one for part, one in _flat(value).items()}
        else:
            flat[name] = value
    return flat
