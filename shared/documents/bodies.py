"""Document bodies: what may be stored as a document, and how is it written down?

Every adapter sends a body through `encode`, so that all refuse the same ones: JSON as Cosmos DB keeps it, at most 2 MB,
128 levels deep, integers within 2^53, and no top-level name with ``_`` in front, since those are the store's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.documents import ids
from shared.documents.containers import Container
from shared.documents.port import Body, Document
from shared.errors import Permanent

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 128
"""Cosmos DB's limits of an item."""
MAX_INTEGER = 2**53
"""Cosmos DB keeps numbers as doubles and rounds integers beyond it."""
MAX_TTL_SECONDS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Encoded:
    """A body ready to be stored in `container`: its `key`, its JSON `text`, and its `ttl_seconds` if any."""

    container: Container
    key: ids.Key
    text: str
    ttl_seconds: int | None

    @property
    def copy(self) -> Body:
        """A new deep copy of the body."""
        return decode(self.container, self.text, self.key.partition)


class Written(Document):
    """A document as it was written. Few writers look at its body, so it is read back from its text when one does."""

    __slots__ = ("_copy", "_encoded")
    _copy: Body | None
    _encoded: Encoded

    def __init__(self, encoded: Encoded, etag: str) -> None:
        object.__setattr__(self, "_encoded", encoded)
        object.__setattr__(self, "_copy", None)
        object.__setattr__(self, "etag", etag)

    @property
    def body(self) -> Body:
        """See `Document`."""
        if self._copy is None:
            object.__setattr__(self, "_copy", self._encoded.copy)
        assert self._copy is not None
        return self._copy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and (self.etag, self.body) == (other.etag, other.body)

    __hash__ = None  # type: ignore[assignment]  # as of Document, whose body can't be hashed


def encode(container: Container, body: Body) -> Encoded:
    """Return `body` as it is to be stored in `container`.

    Raises Permanent with code ``document_invalid`` or ``document_too_large``.
    """
    try:
        text = to_json(body)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise _invalid(container, body, str(error)) from None
    if size > MAX_BYTES:
        raise Permanent(
            f"A document for {container.name} has {size} bytes; the store takes {MAX_BYTES}. "
            "Put what is big into a blob.",
            code="document_too_large",
            dependency="store",
        )
    if flaw := _flaw(container, body):
        raise _invalid(container, body, flaw)
    ttl_seconds = body["ttl"] if container.expires and "ttl" in body else None
    return Encoded(container, ids.key(body[container.partition_key], body["id"]), text, ttl_seconds)


def decode(container: Container, text: str, partition: str) -> Body:
    """Return the body that `encode` wrote as `text`; `partition` is how its partition value is stored.

    An older app's may lack the member that partitions the container now: it lies where it lies.
    """
    body: Body = _from_json(text)[0]
    name = container.partition_key
    body[name] = ids.restored(partition, body.get(name, partition))
    return body


def to_json(value: Any) -> str:
    """Return `value` as the compact JSON that documents are stored in. Raises what `json` raises."""
    return _encoder.encode(value)


_from_json = json.JSONDecoder().raw_decode
_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))


def _flaw(container: Container, body: Body) -> str | None:
    if not isinstance(body, dict):
        return "it isn't a JSON object"
    for name in ("id", container.partition_key):
        if not isinstance(body.get(name), str):
            return f"its {name!r} is {body.get(name)!r} instead of a text"
    if "ttl" in body and not _is_ttl(body["ttl"]):
        return f"its 'ttl' is {body['ttl']!r} instead of whole seconds from 1 to {MAX_TTL_SECONDS}"
    return _flaw_inside(body, MAX_DEPTH) or _own_name(body)


def _own_name(body: Body) -> str | None:
    own = next((name for name in body if name.startswith("_")), None)
    return None if own is None else f"its member {own!r} begins with '_', as the store's own do"


def _flaw_inside(value: dict[Any, Any] | list[Any] | tuple[Any, ...], levels: int) -> str | None:
    """What `json` lets pass. Runs for every write, hence the quick ways out for what most members are."""
    if levels == 0:
        return f"it is nested deeper than {MAX_DEPTH} levels"
    inner: Iterable[Any] = value
    if isinstance(value, dict):
        for name in value:
            if not isinstance(name, str):
                return "a name of a member isn't a text"
        inner = value.values()
    for member in inner:
        kind = type(member)
        if kind in _NEVER_FLAWED:
            continue
        if kind is dict or kind is list or isinstance(member, _NESTED):
            if flaw := _flaw_inside(member, levels - 1):
                return flaw
        elif isinstance(member, int) and not -MAX_INTEGER <= member <= MAX_INTEGER:
            return f"the integer {member} is beyond 2^53; write it as text"
    return None


_NEVER_FLAWED = frozenset((str, float, bool, type(None)))
_NESTED = (dict, list, tuple)


def _is_ttl(value: Any) -> bool:
    return type(value) is int and 1 <= value <= MAX_TTL_SECONDS


def _invalid(container: Container, body: Any, flaw: str) -> Permanent:
    name = body.get("id") if isinstance(body, dict) else None
    return Permanent(
        f"Document {name!r} for {container.name} can't be stored: {flaw}.", code="document_invalid", dependency="store"
    )
