"""What may an id look like, and what stands in for one that may not?

Cosmos DB refuses some characters in ids and lets ``.`` and ``..`` reach the container itself, so the store and blob
names keep to a small alphabet. Anything else is replaced by its SHA-256; the original is kept beside it, and an adapter
compares it whenever it looks something up, so that nobody reaches a document by the hash of its id.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import NamedTuple

HASH_LENGTH = 64
"""Characters of a SHA-256 in hex. Whatever is stored under a name of this length may be another's hash."""

_is_safe = re.compile(r"[A-Za-z0-9._:@|-]{1,128}").fullmatch
_DOTS = frozenset({".", ".."})


class Key(NamedTuple):
    """Where a document is stored: the safe partition and id, and the originals as text when one of them differs."""

    partition: str
    id: str
    original: str | None


def safe(value: str) -> str:
    """Return `value` if it may be an id, a partition value or a blob name as it is, else its SHA-256 in hex."""
    return value if _is_safe(value) and value not in _DOTS else _sha256(value)


def compound(*parts: str) -> str:
    """Return `parts` joined by ``|``. A part that holds a ``|`` itself is hashed first, so that no two lists meet."""
    return "|".join(_sha256(part) if "|" in part else part for part in parts)


def key(partition: str, id: str) -> Key:
    """Return where the document `id` of `partition` is stored."""
    safe_partition, safe_id = safe(partition), safe(id)
    if safe_partition == partition and safe_id == id:
        return Key(partition, id, None)
    return Key(safe_partition, safe_id, json.dumps([partition, id]))


def _sha256(value: str) -> str:
    # Half of a surrogate pair is no UTF-8, yet a caller may ask for it; it only has to give some id of its own.
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
