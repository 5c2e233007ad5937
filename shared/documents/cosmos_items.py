"""Cosmos DB items: how does a document become one, and back?

An item is the body with its id and partition value made safe. When that changed one of them, a member of the store's
own keeps the originals, for people and conditions to see. Going back, the store's own members (all that begin with
``_``) are left out and the originals restored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.documents import ids
from shared.documents.bodies import MAX_INTEGER, Encoded
from shared.documents.containers import Container
from shared.documents.port import Body

ORIGINAL = "_original"
"""Where an item keeps its original ``partition`` and ``id``, when one of them isn't what is stored. No body has it."""
ETAG = "_etag"


def pack(container: Container, encoded: Encoded) -> dict[str, Any]:
    """Return the item that stands for `encoded`."""
    body, key = encoded.copy, encoded.key
    if key == (body[container.partition_key], body["id"]):
        return body
    original = {"partition": body[container.partition_key], "id": body["id"]}
    return {**body, container.partition_key: key.partition, "id": key.id, ORIGINAL: original}


def unpack(container: Container, item: Mapping[str, Any]) -> Body:
    """Return the body that `item`, or those of its members that a query selected, stands for."""
    body = {name: _as_written(value) for name, value in item.items() if not name.startswith("_")}
    for original, name in (("partition", container.partition_key), ("id", "id")):
        if ORIGINAL in item and name in body:
            body[name] = item[ORIGINAL][original]
    if (name := container.partition_key) in body:
        body[name] = ids.restored(item[name], body[name])
    return body


def _as_written(value: Any) -> Any:
    """Return a number that only a float can have been as one: the store writes 1e20 as it likes, also in digits."""
    if isinstance(value, dict):
        return {name: _as_written(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_written(inner) for inner in value]
    return float(value) if type(value) is int and not -MAX_INTEGER <= value <= MAX_INTEGER else value
