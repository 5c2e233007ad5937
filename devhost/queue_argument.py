"""Argument of a queue function: what does it see of a message?

Exactly what the Python worker's converter would make of the host's trigger metadata. With data_type BINARY that is the
bytes and the message's own metadata. Otherwise the host reads the text as JSON and lays its top-level keys over the
metadata, ignoring case: a body with an "id" replaces msg.id, and a "dequeueCount" that is no number fails every
delivery.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from azure.functions.meta import Datum
from azure.functions.queue import QueueMessage, QueueMessageInConverter
from azure.storage.queue import QueueMessage as StoredMessage

from devhost.indexing import IndexedFunction

METADATA = ("QueueTrigger", "DequeueCount", "ExpirationTime", "Id", "InsertionTime", "NextVisibleTime", "PopReceipt")
_FOLDED = {name.casefold(): name for name in METADATA}
_WHITE_SPACE = re.compile(r"[ \t\r\n]")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


class NotBase64(Exception):
    """The text of the message isn't Base64, though host.json's messageEncoding says so."""


class Argument(NamedTuple):
    """`value` goes to the function; `overwritten` names the metadata that the body replaced."""

    value: QueueMessage | str | bytes
    overwritten: tuple[str, ...]


def decode(text: str, from_base64: bool) -> bytes:
    """Return the body of a message's `text`. Raises NotBase64."""
    if not from_base64:
        return text.encode()
    try:
        return base64.b64decode(_WHITE_SPACE.sub("", text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotBase64(str(error)) from None


def make(function: IndexedFunction, stored: StoredMessage, body: bytes) -> Argument:
    """Return the argument of `function` for a message with that `body`.

    Raises ValueError where the worker fails before user code: the body isn't UTF-8, or spoils the metadata.
    """
    binary = str(function.trigger.get("dataType", "")).upper() == "BINARY"
    content: str | bytes = body if binary else body.decode()
    overlay = {} if isinstance(content, bytes) else body_keys(content)
    overwritten = tuple(name for name in METADATA if name in overlay)
    if function.trigger["name"] in function.signature.plain:
        return Argument(content, overwritten)
    message: QueueMessage = QueueMessage(  # type: ignore[no-untyped-call]
        id=stored.id,
        body=content,
        dequeue_count=stored.dequeue_count,
        expiration_time=_utc(stored.expires_on),
        insertion_time=_utc(stored.inserted_on),
        time_next_visible=_utc(stored.next_visible_on),
        pop_receipt=stored.pop_receipt,
    )
    return Argument(_overlaid(message, content, overlay) if overwritten else message, overwritten)


def body_keys(text: str) -> dict[str, Any]:
    """Return the top-level members of a JSON text that the host lays over the metadata, under the metadata's spelling.

    Lists and nulls are left out; other values come as text, as .NET writes them; a repeated key spoils them all.
    """
    try:
        whole = json.loads(text, object_pairs_hook=_Object)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(whole, _Object):
        return {}
    members = [(name, value) for name, value in whole.pairs if not isinstance(value, list)]
    if len({name for name, _ in members}) < len(members):
        return {}
    return {
        _FOLDED.get(name.casefold(), name): value if isinstance(value, _Object) else _as_dotnet_text(value)
        for name, value in members
        if value is not None
    }


class _Object:
    """A JSON object with its repeated keys."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs

    def as_json(self) -> str:
        return json.dumps(self, default=lambda inner: dict(inner.pairs))


def _as_dotnet_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str) and _DATE.fullmatch(value):
        # Newtonsoft takes such a text for a date, and writes it in the invariant culture.
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            return value
        return (instant.astimezone(UTC) if instant.tzinfo else instant).strftime("%m/%d/%Y %H:%M:%S")
    return str(value)


def _overlaid(message: QueueMessage, content: str | bytes, overlay: dict[str, Any]) -> QueueMessage:
    metadata: dict[str, Datum] = {
        "Id": Datum(message.id, "string"),
        "DequeueCount": Datum(str(message.dequeue_count), "json"),
        "ExpirationTime": _datum(message.expiration_time),
        "InsertionTime": _datum(message.insertion_time),
        "NextVisibleTime": _datum(message.time_next_visible),
        "PopReceipt": Datum(message.pop_receipt, "string"),
    }
    for name, value in overlay.items():
        is_object = isinstance(value, _Object)
        metadata[name] = Datum(value.as_json(), "json") if is_object else Datum(value, "string")
    return QueueMessageInConverter.decode(Datum(content, "string"), trigger_metadata=metadata)  # type: ignore[no-any-return]


def _datum(instant: datetime | None) -> Datum:
    return Datum(instant.isoformat() if instant else None, "string" if instant else None)


def _utc(instant: datetime | None) -> datetime | None:
    return instant.replace(tzinfo=UTC) if instant else None
