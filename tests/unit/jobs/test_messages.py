"""What does a message say, and is it one?"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.jobs import messages
from shared.jobs.messages import MAX_ACCEPTED, MAX_SENT, BadMessage
from tests.unit.jobs.build import Errand, kind

BOM = b"\xef\xbb\xbf"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(texts, values, max_size=6)
blanks = st.text(" \t\r\n", max_size=3).map(str.encode)


TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def wrapped(body: bytes, *, line: int | None = None) -> bytes:
    """Return `body` in Base64, broken into lines of `line` characters as some encoders do."""
    text = base64.b64encode(body)
    return text if line is None else b"\r\n".join(text[i : i + line] for i in range(0, len(text), line))


def outcome_of(read: Callable[[], Any]) -> Any:
    """Return what `read` returns, or the BadMessage that it raises."""
    try:
        return read()
    except BadMessage as bad:
        return bad


@given(members=objects, before=blanks, after=blanks, escaped=st.booleans())
def test_an_object_reads_the_same_plain_with_bom_with_blanks_and_in_base64(
    members: dict[str, Any], before: bytes, after: bytes, escaped: bool
) -> None:
    body = json.dumps(members, ensure_ascii=escaped).encode()

    for form in (
        body,
        before + body + after,
        BOM + body,
        before + BOM + before + body + after,
        wrapped(body),
        wrapped(before + body + after),
        before + wrapped(body) + after,
        wrapped(body, line=76),
        BOM + wrapped(body),
    ):
        assert messages.decode(form) == members


@given(body=st.binary(max_size=300))
@example(b"")
@example(b"  \n")
@example(BOM)
@example(b"{")
@example(b"[]")
@example(b'"text"')
@example(b"null")
@example(b"{}{}")
@example(b'{"a": 1} and more')
@example(b"\xff\xfe{\x00}\x00")
@example(b'{"a": "\xff"}')
@example(b'{"a": "\\ud800"}')
@example(b'{"\\udfff": 1}')
@example(b'{"a": NaN}')
@example(b'{"a": -Infinity}')
@example(b'{"a":' + b"9" * 5000 + b"}")
@example(b'{"a":' + b"[" * 20000 + b"]" * 20000 + b"}")
@example(b'{"a":' * 9000)
@example(b"H4sIAAAAAAAAA6tWKkktLlGyUlAqS8wpTtVRUMpLzE0FAKGyZ3kcAAAA")
@example(base64.b64encode(b"no object"))
@example(base64.b64encode(base64.b64encode(b'{"name": "twice"}')))
def test_any_bytes_either_decode_to_an_object_or_are_a_bad_message(body: bytes) -> None:
    outcome = outcome_of(lambda: messages.decode(body))

    if isinstance(outcome, BadMessage):
        assert outcome.code in ("not_json", "not_utf8", "too_large")
        assert outcome.places
    else:
        json.dumps(outcome, ensure_ascii=False, allow_nan=False).encode()  # what was read can be stored


@given(members=objects | st.fixed_dictionaries({"name": texts}, optional={"weight": values, "generation": values}))
def test_any_object_either_is_a_message_of_the_kind_or_a_bad_message_with_places(members: dict[str, Any]) -> None:
    outcome = outcome_of(lambda: messages.read(kind(), json.dumps(members).encode()))

    if isinstance(outcome, BadMessage):
        assert all(place["at"] and place["problem"] for place in outcome.places)
    else:
        assert isinstance(outcome.payload, Errand)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"   ", "not_json"),
        (b"hello", "not_json"),
        (b"[1]", "not_json"),
        (b'{"a": "\\ud800"}', "not_json"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": Infinity}', "not_json"),
        (b'{"a":' + b"9" * 5000 + b"}", "not_json"),
        (b'{"a":' + b"[" * 20000 + b"]" * 20000 + b"}", "not_json"),
        (b'{"a": "\xe9"}', "not_utf8"),
    ],
    ids=[
        "empty",
        "blank",
        "words",
        "list",
        "half a surrogate pair",
        "NaN",
        "Infinity",
        "5000 digits",
        "deep",
        "Latin-1",
    ],
)
def test_a_body_that_is_no_json_object_says_what_it_is(body: bytes, code: str) -> None:
    with pytest.raises(BadMessage) as bad:
        messages.decode(body)

    assert bad.value.code == code


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert messages.decode(b'{"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}


@pytest.mark.parametrize("form", [lambda body: body, wrapped], ids=["plain", "in Base64"])
def test_48_kb_of_json_are_taken_and_a_byte_more_is_not(form: Any) -> None:
    fits = b'{"name": "' + b"x" * (MAX_ACCEPTED - 12) + b'"}'
    assert len(fits) == MAX_ACCEPTED == 49152

    assert messages.decode(form(fits))["name"].startswith("x")
    with pytest.raises(BadMessage) as bad:
        messages.decode(form(fits[:-2] + b'x"}'))
    assert bad.value.code == "too_large"


def test_a_message_with_a_generation_may_be_as_large_as_the_service_takes() -> None:
    head = b'{"generation": 3, "name": "'
    fits = head + b"x" * (MAX_SENT - len(head) - 2) + b'"}'
    assert len(fits) == MAX_SENT == 65536

    assert messages.decode(fits)["generation"] == 3
    with pytest.raises(BadMessage) as bad:
        messages.decode(fits + b"\n}")
    assert bad.value.code == "too_large"


def test_the_envelope_is_read_beside_the_payload_and_unknown_members_are_ignored() -> None:
    members = {"name": "a", "generation": 4, "traceparent": TRACE, "colour": "red"}
    message = messages.read(kind(), json.dumps(members).encode())

    assert (message.generation, message.traceparent, message.payload) == (4, TRACE, Errand(name="a"))


@pytest.mark.parametrize(
    "given",
    [
        "00-1-2-01",
        TRACE.upper(),
        TRACE + "\n",
        TRACE + "-more",
        TRACE * 900,
        "ff" + TRACE[2:],
        f"00-{'0' * 32}-{'b' * 16}-01",
        f"00-{'a' * 32}-{'0' * 16}-01",
        7,
        [TRACE],
        None,
    ],
    ids=lambda given: str(given)[:60],
)
def test_what_is_no_trace_context_is_left_out(given: Any) -> None:
    body = json.dumps({"name": "a", "traceparent": given}).encode()

    message = messages.read(kind(), body[:MAX_ACCEPTED]) if len(body) <= MAX_ACCEPTED else None

    assert message is None or message.traceparent is None
    assert "traceparent" not in messages.compose({"name": "a"}, generation=0, traceparent=given)


def test_a_message_of_another_producer_has_no_generation() -> None:
    assert messages.read(kind(), b'{"name": "a"}').generation is None


@pytest.mark.parametrize("given", ["-1", "1.5", '"3"', "true", "[]", "9007199254740992", "null"])
def test_a_generation_is_a_whole_number_from_0(given: str) -> None:
    body = f'{{"name": "a", "generation": {given}}}'.encode()

    if given == "null":
        assert messages.read(kind(), body).generation is None
        return
    with pytest.raises(BadMessage) as bad:
        messages.read(kind(), body)
    assert bad.value.places[0]["at"] == "generation"


@pytest.mark.parametrize("given", ["0", "-1", "1.5", '"1"', "false", "99"])
def test_a_schema_version_is_a_known_whole_number_from_1(given: str) -> None:
    with pytest.raises(BadMessage) as bad:
        messages.read(kind(), f'{{"name": "a", "schema_version": {given}}}'.encode())
    assert bad.value.places[0]["at"] == "schema_version"


def test_every_fault_of_a_payload_is_named_at_its_place() -> None:
    with pytest.raises(BadMessage) as bad:
        messages.read(kind(), b'{"weight": "heavy"}')

    assert {place["at"] for place in bad.value.places} == {"name", "weight"}
    assert bad.value.code == "invalid_payload"


def from_one(payload: dict[str, Any]) -> dict[str, Any]:
    """Version 1 called the name `title`."""
    return {"name": payload.pop("title"), **payload}


def from_two(payload: dict[str, Any]) -> dict[str, Any]:
    """Version 2 gave the weight in grams."""
    return {**payload, "weight": payload["weight"] // 1000}


THIRD = kind(schema_version=3, upcast={1: from_one, 2: from_two})
OLD_PAYLOADS = {
    "version 1, unnamed": {"title": "a", "weight": 5000},
    "version 1": {"schema_version": 1, "title": "a", "weight": 5000},
    "version 2": {"schema_version": 2, "name": "a", "weight": 5000},
    "version 3": {"schema_version": 3, "name": "a", "weight": 5},
}


@pytest.mark.parametrize("stored", list(OLD_PAYLOADS))
def test_a_stored_payload_of_any_version_is_brought_to_the_present_one(stored: str) -> None:
    assert messages.validate(THIRD, OLD_PAYLOADS[stored]) == Errand(name="a", weight=5)


@pytest.mark.parametrize("older", list(OLD_PAYLOADS))
def test_a_payload_stored_by_one_version_and_sent_by_the_next_says_the_same(older: str) -> None:
    text = messages.compose(OLD_PAYLOADS[older], generation=1)

    assert messages.read(THIRD, text.encode()).payload == Errand(name="a", weight=5)


def test_what_is_stored_now_is_read_as_what_it_is() -> None:
    kept = messages.stored(THIRD, Errand(name="a", weight=5))

    assert messages.validate(THIRD, kept) == Errand(name="a", weight=5)


def test_what_is_composed_reads_back() -> None:
    text = messages.compose({"name": "ä"}, generation=3, traceparent=TRACE)
    message = messages.read(kind(), text.encode())

    assert (message.payload, message.generation, message.traceparent) == (Errand(name="ä"), 3, TRACE)


def test_a_message_over_64_kb_is_not_sent() -> None:
    with pytest.raises(BadMessage) as bad:
        messages.compose({"name": "x" * MAX_SENT}, generation=0)
    assert bad.value.code == "too_large"


def full_of(character: str) -> bytes:
    """Return a body as large as is taken, of that character."""
    room = MAX_ACCEPTED - len(b'{"name": ""}')
    return json.dumps({"name": character * (room // len(character.encode()))}, ensure_ascii=False).encode()[
        :MAX_ACCEPTED
    ]


@pytest.mark.parametrize("character", ["x", "ä", "\U0001f600", "\x7f", "\u2028"], ids=ascii)
def test_whatever_is_taken_can_be_sent_again_with_all_that_is_added(character: str) -> None:
    message = messages.read(kind(), full_of(character))

    kept = messages.stored(kind(schema_version=2), message.payload)
    text = messages.compose(kept, generation=messages.MAX_GENERATION, traceparent=TRACE)

    assert len(text.encode()) <= MAX_SENT
    assert messages.read(kind(schema_version=2), text.encode()).payload == message.payload


def test_what_could_not_be_sent_again_is_refused_when_it_comes() -> None:
    message = messages.read(kind(), full_of("\uffff"))  # sent escaped, in twice the bytes

    with pytest.raises(BadMessage) as bad:
        messages.stored(kind(), message.payload)
    assert bad.value.code == "too_large"


@pytest.mark.parametrize("character", ["\ufffe", "\uffff"], ids=ascii)
def test_a_character_that_xml_does_not_have_is_sent_escaped(character: str) -> None:
    text = messages.compose({"name": character}, generation=0)

    assert character not in text
    assert messages.read(kind(), text.encode()).payload == Errand(name=character)


def test_a_byte_order_mark_is_dropped_also_inside_base64() -> None:
    marked = b'\xef\xbb\xbf{"name": "a"}'

    assert messages.decode(base64.b64encode(marked)) == messages.decode(marked) == {"name": "a"}
