"""Message format: what does a message say, and is it valid?

UTF-8 JSON up to 48 KB, plain or wrapped in Base64. Members beside the payload's own: ``generation`` (absent in
messages of other producers), ``schema_version`` (absent = 1) and ``traceparent``. Unknown members are ignored. What is
kept of a message can always be sent again, with everything that we add: what couldn't is refused when it comes.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import re
from dataclasses import dataclass
from typing import Any

from shared.errors import Permanent
from shared.jobs.kinds import Kind
from shared.jobs.record import JobKey

MAX_ACCEPTED = 48 * 1024
"""Of the JSON itself: wrapped in Base64 it just fits the 64 KiB of a storage queue."""
MAX_SENT = 64 * 1024
"""The service's own limit of a message's text in UTF-8. Ours aren't wrapped, so there is room for what we add."""
_ENVELOPE_ROOM = 256
"""For a generation, a traceparent and a schema version, with their names."""

MAX_GENERATION = 2**53 - 1
"""The largest that every JSON reader and store keeps; far beyond any that a job may reach (decide.py)."""

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_NO_XML = re.compile("[\ufffe\uffff]")
"""Characters that XML doesn't have, and the service takes messages in XML. (JSON escapes the control characters.)"""
_ENVELOPE = ("generation", "schema_version", "traceparent")


class BadMessage(Permanent):
    """The body can't be used. `places` lists what is wrong where: [{"at": "image_url", "problem": "…"}]."""

    def __init__(self, message: str, *, code: str, places: list[dict[str, str]] | None = None) -> None:
        super().__init__(message, code=code, dependency="message")
        self.places = places or [{"at": "body", "problem": message}]


@dataclass(frozen=True, slots=True)
class Message:
    """A decoded message: its validated `payload` (the kind's model) and what came beside it."""

    payload: Any
    generation: int | None
    traceparent: str | None


def read(kind: Kind, body: bytes) -> Message:
    """Decode and validate one message body. Raises BadMessage with every reason and its place."""
    members = decode(body)
    generation = _whole_number(members, "generation", None, least=0)
    payload = validate(kind, members)
    return Message(payload, generation, traceparent_of(members.get("traceparent")))


def accept(kind: Kind, members: dict[str, Any]) -> Any:
    """Return the payload of a job that somebody asks us to send. Raises BadMessage as `read` does."""
    _check_size(_size(_text(members)), MAX_ACCEPTED)
    return validate(kind, members)


def traceparent_of(given: Any) -> str | None:
    """Return `given` if it is a W3C trace context, else None: a trace is nothing to refuse a message for."""
    return given if isinstance(given, str) and _TRACEPARENT.fullmatch(given) else None


def decode(body: bytes) -> dict[str, Any]:
    """Return the JSON object that `body` is, plain or Base64. Raises BadMessage.

    One with a generation, be it null, is ours: it may be larger by what we added.
    """
    text = _without_mark(body)
    if not text:
        raise BadMessage("The body is empty", code="not_json")
    if not text.startswith(b"{"):
        text = unwrapped(text)
    if not text.startswith(b"{"):
        raise BadMessage("The body is neither a JSON object nor Base64 of one", code="not_json")
    _check_size(len(text), MAX_SENT)
    try:
        members = _decoder.decode(text.decode("utf-8"))
        if b"\\u" in text:
            _size(_text(members))  # a lone surrogate (\\ud800) can't be stored
    except UnicodeDecodeError as error:
        raise BadMessage(f"The body isn't UTF-8 at byte {error.start}", code="not_utf8") from None
    except json.JSONDecodeError as error:
        raise BadMessage(f"The body isn't JSON: {error}", code="not_json") from None
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"The body isn't JSON: {error}", code="not_json") from None
    decoded: dict[str, Any] = members  # it began with a brace
    _check_size(len(text), MAX_SENT if "generation" in decoded else MAX_ACCEPTED)
    return decoded


def validate(kind: Kind, members: dict[str, Any]) -> Any:
    """Return the payload as the kind's model, up-cast from older schema versions. Raises BadMessage with the places."""
    from pydantic import ValidationError

    version = _whole_number(members, "schema_version", 1, least=1)
    payload = {name: value for name, value in members.items() if name not in _ENVELOPE}
    if version is None or version > kind.schema_version:
        raise BadMessage(
            f"schema_version is {version}; this app knows up to {kind.schema_version}. Deploy the newer app first",
            code="schema_version",
            places=[{"at": "schema_version", "problem": f"newer than {kind.schema_version}"}],
        )
    try:
        for older in range(version, kind.schema_version):
            payload = kind.upcast[older](payload)
        return kind.model.model_validate(payload)
    except ValidationError as error:
        places = [
            {"at": ".".join(map(str, e["loc"])) or "body", "problem": e["msg"]}
            for e in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        text = "; ".join(f"{p['at']}: {p['problem']}" for p in places)
        raise BadMessage(
            f"The payload isn't a {kind.name} job: {text}", code="invalid_payload", places=places
        ) from None


def stored(kind: Kind, payload: Any) -> dict[str, Any]:
    """Return a validated payload as it is kept in the record and sent again: JSON members, absent ones left out.

    It names its schema version (absent = 1), so that a later app knows what it reads. Raises BadMessage (``too_large``)
    when it couldn't be sent.
    """
    kept: dict[str, Any] = payload.model_dump(mode="json", by_alias=True, exclude_none=True)
    if kind.schema_version > 1:
        kept["schema_version"] = kind.schema_version
    _check_size(_size(_text(kept)) + _ENVELOPE_ROOM, MAX_SENT)
    return kept


def id_taken(kind: Kind, key: JobKey) -> BadMessage:
    """Return the error of a message whose job id belongs, in its scope, to what is no job of its kind."""
    problem = f"is taken in {key.scope} by what is no {kind.name} job"
    return BadMessage(f"The job id {problem}", code="id_taken", places=[{"at": "job_id", "problem": problem}])


def generation_unknown(kind: Kind, key: JobKey, generation: int | None) -> BadMessage:
    """Return the error of a message whose generation nobody of ours can have given to that job."""
    problem = f"{generation} was never given to {kind.name} job {key.id}: leave it out"
    place = {"at": "generation", "problem": problem}
    return BadMessage(f"generation {problem}", code="generation_unknown", places=[place])


def compose(payload: dict[str, Any], *, generation: int | None, traceparent: str | None = None) -> str:
    """Return the message text of a stored payload. Raises BadMessage (``too_large``) over 64 KB."""
    members = dict(payload)
    if generation is not None:
        _whole_number({"generation": generation}, "generation", None, least=0)
        members["generation"] = generation
    if traceparent_of(traceparent):  # a record may have one from before they were checked
        members["traceparent"] = traceparent
    text = _text(members)
    if generation is None and _size(text) > MAX_ACCEPTED:
        text = _text(members | {"generation": None})  # says that it is ours: others' may not be so large
    _check_size(_size(text), MAX_SENT)
    return text


def _text(members: dict[str, Any]) -> str:
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    return _NO_XML.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _size(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise BadMessage("A text holds half of a surrogate pair", code="not_json") from None


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise BadMessage(f"The message has {size} bytes; up to {limit} are taken", code="too_large")


def unwrapped(body: bytes) -> bytes:
    """Return the JSON object in a body that is Base64 of one; any other body as it is."""
    try:
        inner = _without_mark(base64.b64decode(b"".join(_without_mark(body).split()), validate=True))
    except (binascii.Error, ValueError):
        return body
    return inner if inner.startswith(b"{") else body


def _without_mark(body: bytes) -> bytes:
    return body.strip().removeprefix(codecs.BOM_UTF8).strip()


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


_decoder = json.JSONDecoder(parse_constant=_no_constant)


def _whole_number(members: dict[str, Any], name: str, default: int | None, *, least: int) -> int | None:
    value = members.get(name, default)
    if value is default:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_GENERATION:
        problem = f"takes a whole number from {least} to {MAX_GENERATION}"
        raise BadMessage(f"{name} {problem}", code="invalid_payload", places=[{"at": name, "problem": problem}])
    return value
