"""Document ids: what may one look like, and what stands in for one that may not?

Cosmos DB refuses some characters in ids and lets ``.`` and ``..`` reach the container itself, so the store and blob
names keep to a small alphabet. Anything else is replaced by its SHA-256. An id of the form of a SHA-256 is replaced
too: so what is stored in that form is always a hash, and no id can take another's place.

Users and strangers name things; the app's own partitions that stand beside theirs begin with ``~``, which the alphabet
doesn't have. Only `own` makes one; a text with the same letters is hashed, like any other with such a sign.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

OWN = "~"
"""What the app's own partitions begin with."""

_is_safe = re.compile(r"[A-Za-z0-9._:@|-]{1,128}").fullmatch
_is_hash = re.compile(r"[0-9A-Fa-f]{64}").fullmatch
_is_word = re.compile(r"[a-z]+").fullmatch
_is_shown_own = re.compile(r"~[a-z]+(\|[A-Za-z0-9._:@|-]{1,128})?").fullmatch
_DOTS = frozenset({".", ".."})


class Own(str):
    """A partition of the app's own. It comes from `own`, from an adapter that found one stored, or from an operator.

    Whatever makes a new text of it (JSON, an f-string) makes a stranger's.
    """

    __slots__ = ()


class Key(NamedTuple):
    """Where a document is stored: the safe partition and id."""

    partition: str
    id: str


def own(name: str, part: str | None = None) -> Own:
    """Return the app's own partition ``~name``, or ``~name|part``; `name` is a word, `part` may be anything.

    Raises ValueError for a name that isn't a word.
    """
    if not _is_word(name):
        raise ValueError(f"A partition of the app's own is named by a word, not {name!r}")
    return Own(f"{OWN}{name}" if part is None else f"{OWN}{name}|{safe(part)}")


def safe(value: str) -> str:
    """Return `value` if it may be an id, a partition value or a blob name as it is, else its SHA-256 in hex.

    Different values give different ones, and none has a ``/``: so neither do the names of blobs in folders meet.
    """
    if isinstance(value, Own) or (_is_safe(value) and value not in _DOTS and not _is_hash(value)):
        return value
    return sha256(value)


def compound(first: str, *others: str) -> str:
    """Return the parts joined by ``|``. A part that holds a ``|``, or looks like a hash, is hashed first.

    So no two lists of parts meet.
    """
    return "|".join(sha256(part) if "|" in part or _is_hash(part) else part for part in (first, *others))


def meant(text: str) -> str:
    """Return the partition that an operator means by a text as it was shown: ``~run|…`` is the app's own.

    Never for what comes from outside.
    """
    return Own(text) if _is_shown_own(text) else text


def beside(partition: str) -> str:
    """Return a partition as a text that a document may hold: one from outside never reads like one of the app's own."""
    looks_own = partition.startswith(OWN) or _is_hash(partition)
    return sha256(partition) if looks_own and not isinstance(partition, Own) else partition


def key(partition: str, id: str) -> Key:
    """Return where the document `id` of `partition` is stored."""
    return Key(safe(partition), safe(str(id)))


def restored(stored: str, given: str) -> str:
    """Return the partition value `given` as whoever wrote it meant it, by what is `stored` in its place."""
    return Own(given) if stored.startswith(OWN) else given


def sha256(value: str) -> str:
    """Return the SHA-256 of any text, in hexadecimal."""
    # Half of a surrogate pair is no UTF-8, yet a caller may ask for it; it only has to give some id of its own.
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
