"""What does a message say, and is it one?

UTF-8 JSON up to 48 KB, plain or wrapped in Base64. Members beside the payload's own: ``generation`` (absent in
messages of other producers), ``schema_version`` (absent = 1) and ``traceparent``. Unknown members are ignored.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
from dataclasses import dataclass
from typing import Any

from shared.errors import Permanent
from shared.jobs.kinds import Kind
from shared.jobs.record import JobKey

MAX_BYTES = 48 * 1024
"""Of the JSON itself: wrapped in Base64 it just fits the 64 KiB of a storage queue."""

MAX_GENERATION = 2**53 - 1
"""The largest that every JSON reader and store keeps; far beyond any that a job may reach (decide.py)."""

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
    traceparent = members.get("traceparent")
    payload = validate(kind, members)
    return Message(payload, generation, traceparent if isinstance(traceparent, str) else None)


def decode(body: bytes) -> dict[str, Any]:
    """Return the JSON object that `body` is, plain or Base64. Raises BadMessage."""
    text = _without_mark(body)
    if not text:
        raise BadMessage("The body is empty", code="not_json")
    if not text.startswith(b"{"):
        text = _unwrapped(text)
    if len(text) > MAX_BYTES:
        raise BadMessage(f"The body has {len(text)} bytes; up to {MAX_BYTES} are taken", code="too_large")
    try:
        members = _decoder.decode(text.decode("utf-8"))
        if b"\\u" in text:
            json.dumps(members, ensure_ascii=False).encode("utf-8")  # a lone surrogate (\\ud800) can't be stored
    except UnicodeDecodeError as error:
        raise BadMessage(f"The body isn't UTF-8 at byte {error.start}", code="not_utf8") from None
    except UnicodeEncodeError:
        raise BadMessage("A text holds half of a surrogate pair", code="not_json") from None
    except json.JSONDecodeError as error:
        raise BadMessage(f"The body isn't JSON: {error}", code="not_json") from None
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"The body isn't JSON: {error}", code="not_json") from None
    decoded: dict[str, Any] = members  # it began with a brace
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

    It names its schema version (absent = 1), so that a later app knows what it reads.
    """
    kept: dict[str, Any] = payload.model_dump(mode="json", by_alias=True, exclude_none=True)
    if kind.schema_version > 1:
        kept["schema_version"] = kind.schema_version
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
    """Return the message text of a stored payload. Raises BadMessage (``too_large``) over 48 KB."""
    members = dict(payload)
    if generation is not None:
        _whole_number({"generation": generation}, "generation", None, least=0)
        members["generation"] = generation
    if traceparent:
        members["traceparent"] = traceparent
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    size = len(text.encode())
    if size > MAX_BYTES:
        raise BadMessage(f"The message has {size} bytes; up to {MAX_BYTES} are taken", code="too_large")
    return text


def _unwrapped(text: bytes) -> bytes:
    try:
        inner = _without_mark(base64.b64decode(b"".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        inner = b""
    if not inner.startswith(b"{"):
        raise BadMessage("The body is neither a JSON object nor Base64 of one", code="not_json")
    return inner


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
