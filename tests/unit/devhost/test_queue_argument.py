"""Does a function see of a message exactly what the real worker would give it?"""

import json
from datetime import UTC, datetime

import pytest
from azure.functions.meta import Datum
from azure.functions.queue import QueueMessage, QueueMessageInConverter
from azure.storage.queue import QueueMessage as StoredMessage

from devhost import queue_argument
from devhost.indexing import IndexedFunction
from devhost.queue_argument import NotBase64
from devhost.signatures import Signature

INSERTED = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def function(binary: bool = False, plain: bool = False) -> IndexedFunction:
    trigger = {"type": "queueTrigger", "name": "msg", "direction": "IN"} | ({"dataType": "BINARY"} if binary else {})
    signature = Signature(True, False, frozenset({"msg"} if plain else ()))
    return IndexedFunction("F", print, trigger, (), signature, False)


def stored() -> StoredMessage:
    times = {"inserted_on": INSERTED, "expires_on": NEVER, "next_visible_on": INSERTED}
    return StoredMessage(id="the-id", dequeue_count=2, pop_receipt="the-receipt", **times)


def test_a_message_is_what_the_workers_converter_makes_of_the_hosts_metadata() -> None:
    metadata = {
        "Id": Datum("the-id", "string"),
        "DequeueCount": Datum("2", "json"),
        "PopReceipt": Datum("the-receipt", "string"),
        "InsertionTime": Datum(json.dumps("2026-11-23T09:00:00+00:00"), "json"),
        "ExpirationTime": Datum(json.dumps("9999-12-31T23:59:59+00:00"), "json"),
        "NextVisibleTime": Datum(json.dumps("2026-11-23T09:00:00+00:00"), "json"),
    }
    expected = QueueMessageInConverter.decode(Datum("text", "string"), trigger_metadata=metadata)
    made = queue_argument.make(function(), stored(), b"text").value
    assert isinstance(made, QueueMessage)
    for name in ("id", "dequeue_count", "pop_receipt", "insertion_time", "expiration_time", "time_next_visible"):
        assert (name, getattr(made, name)) == (name, getattr(expected, name))
        assert type(getattr(made, name)) is type(getattr(expected, name))
    assert made.get_body() == expected.get_body()


@pytest.mark.parametrize("body", ["{}", "[1]", "text", '"x"', "{broken", '{"other": 1}', ""])
def test_a_body_without_such_keys_leaves_the_metadata(body: str) -> None:
    assert queue_argument.make(function(), stored(), body.encode()).overwritten == ()


@pytest.mark.parametrize(
    ("body", "replaced"),
    [
        ('{"id": "mine"}', {"id": "mine"}),
        ('{"ID": 5}', {"id": "5"}),
        ('{"dequeueCount": 7}', {"dequeue_count": 7}),
        ('{"DEQUEUECOUNT": 7.0}', {"dequeue_count": 7}),
        ('{"dequeueCount": "7"}', {"dequeue_count": 7}),
        ('{"id": null}', {"id": "the-id"}),
        ('{"id": ["list"]}', {"id": "the-id"}),
        ('{"id": "a", "id": "b"}', {"id": "the-id"}),
        ('{"id": "2026-11-23T10:00:00+01:00"}', {"id": "11/23/2026 09:00:00"}),
        ('{"popReceipt": {"a": 1}}', {"pop_receipt": "{'a': 1}"}),
    ],
)
def test_top_level_keys_replace_metadata_as_the_host_converts_them(body: str, replaced: dict[str, object]) -> None:
    made = queue_argument.make(function(), stored(), body.encode()).value
    assert {name: getattr(made, name) for name in replaced} == replaced


@pytest.mark.parametrize(
    "body", ['{"dequeueCount": "lots"}', '{"dequeueCount": 2.5}', '{"insertionTime": "2026-11-23T09:00:00Z"}']
)
def test_spoilt_metadata_fails_before_user_code(body: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        queue_argument.make(function(), stored(), body.encode())


def test_text_that_is_not_utf8_fails_before_user_code_unless_binary() -> None:
    with pytest.raises(UnicodeDecodeError):
        queue_argument.make(function(), stored(), b"\xff")
    assert queue_argument.make(function(binary=True, plain=True), stored(), b"\xff").value == b"\xff"


def test_binary_data_merges_nothing() -> None:
    argument = queue_argument.make(function(binary=True), stored(), b'{"id": "mine", "dequeueCount": "lots"}')
    assert isinstance(argument.value, QueueMessage)
    assert (argument.value.id, argument.value.dequeue_count, argument.overwritten) == ("the-id", 2, ())


@pytest.mark.parametrize(("text", "body"), [("aGk=", b"hi"), (" aG\nk=\t", b"hi"), ("", b"")])
def test_base64_may_hold_white_space(text: str, body: bytes) -> None:
    assert queue_argument.decode(text, from_base64=True) == body


@pytest.mark.parametrize("text", ["aGk", "a-_k", '{"a": 1}', "aGk=aGk=", "é"])
def test_other_text_is_not_base64(text: str) -> None:
    with pytest.raises(NotBase64):
        queue_argument.decode(text, from_base64=True)


def test_encoding_none_takes_the_text_as_utf8() -> None:
    assert queue_argument.decode("né", from_base64=False) == "né".encode()
