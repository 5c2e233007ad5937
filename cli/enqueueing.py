"""How do what a person gives on the command line, the lines of a file, and a raw body become messages?"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cli import lanes, pictures, progress
from cli.errors import Failed
from cli.wardrobe_file import tags_of
from cli.whoami import operator
from processors.taste.kind import taste_kind
from shared.blobs import MAX_PICTURE_BYTES, WARDROBE_IMAGES
from shared.documents.containers import WARDROBE
from shared.documents.ids import safe
from shared.errors import UsageError
from shared.jobs import messages
from shared.jobs.kinds import JobKey
from shared.jobs.producer import Producer
from shared.jobs.records import Records
from shared.services import Services


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What one asking came to: accepted, duplicate, or (a raw body) sent; None with the `error` that prevented it."""

    answer: Literal["accepted", "duplicate", "sent"] | None = None
    job: JobKey | None = None
    status: str | None = None
    generation: int | None = None
    line: int | None = None
    error: str | None = None
    message: str | None = None
    """The id of a raw body's message."""

    @property
    def id(self) -> str:
        """The job's id; a raw body's message id."""
        return self.job.id if self.job else self.message or ""

    def members(self) -> dict[str, Any]:
        """Return it as --json prints it."""
        return {
            "answer": self.answer,
            "id": self.id or None,
            "scope": self.job.scope if self.job else None,
            "status": self.status,
            "generation": self.generation,
            "line": self.line,
            "error": self.error,
        }


async def enqueue_one(services: Services, members: dict[str, Any]) -> Enqueued:
    """Enqueue the like that the options give; a local picture is uploaded first. Raises BadMessage."""
    members = dict(members)
    if "tags" in members:
        members["tags"] = list(tags_of(members["tags"]))
    image = members.get("image_url")
    if image is not None and not pictures.is_url(image):
        members["image_url"] = await _upload(services, members["user_id"], members["item_id"], Path(image))
    return await _enqueue(services, members, None)


async def enqueue_file(services: Services, file: Path) -> list[Enqueued]:
    """Enqueue each line's like; a bad line's error is in its answer. Raises UsageError when the file can't be read."""
    done: list[Enqueued] = []
    lines = list(_lines(file))
    with progress.bar("Enqueuing", len(lines)) as advance:

        async def take(numbered: tuple[int, dict[str, Any] | messages.BadMessage]) -> None:
            line, members = numbered
            if isinstance(members, messages.BadMessage):
                done.append(Enqueued(line=line, error=str(members)))
            else:
                try:
                    done.append(await _enqueue(services, members, line))
                except (Failed, messages.BadMessage) as error:
                    done.append(Enqueued(line=line, error=str(error)))
            advance()

        await lanes.run(lines, lambda numbered: _user(numbered[1]), take)
    return sorted(done, key=lambda answer: answer.line or 0)


async def send_raw(services: Services, file: Path) -> Enqueued:
    """Put the file's bytes into the taste queue as they are. Raises UsageError when a queue can't carry them."""
    body = _read(file)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file} isn't UTF-8 (byte {error.start}), and a storage queue carries text. Send it as Base64: "
            f"base64 {file} | nightshift enqueue taste --raw -"
        ) from None
    kind = taste_kind(services.settings)
    return Enqueued("sent", message=await services.queues.send(kind.queue, text), status="unchecked")


async def _enqueue(services: Services, members: dict[str, Any], line: int | None) -> Enqueued:
    if "image_url" not in members and {"user_id", "item_id"} <= members.keys():
        members = {**members, "image_url": await _wardrobe_picture(services, members)}
    producer = Producer(Records(services.documents), services.queues)
    traceparent = members.get("traceparent")
    answer = await producer.enqueue(
        taste_kind(services.settings),
        members,
        by=operator(),
        traceparent=traceparent if isinstance(traceparent, str) else None,
    )
    return Enqueued(answer.what, answer.key, answer.status, answer.generation, line)


async def _wardrobe_picture(services: Services, members: dict[str, Any]) -> str:
    user, item = str(members["user_id"]), str(members["item_id"])
    document = await services.documents.get(WARDROBE, user, item)
    url = document.body.get("imageUrl") if document else None
    if not url:
        raise Failed(
            f"Item {item!r} isn't in the wardrobe of {user!r}, so its picture isn't known. Give it: --image (a file or "
            "an address; in a file of messages: image_url), or import the item: nightshift wardrobe import FILE.csv"
        )
    return str(url)


async def _upload(services: Services, user: str, item: str, path: Path) -> str:
    picture = await asyncio.to_thread(pictures.read, path, MAX_PICTURE_BYTES)
    extension, content_type = pictures.kind_of(picture, path)
    # Named by its content: two pictures of an item are two pieces of evidence, the same one again is the same.
    name = f"{safe(user)}/{safe(item)}/{hashlib.sha256(picture).hexdigest()[:16]}.{extension}"
    await services.blobs.ensure(WARDROBE_IMAGES)
    return await services.blobs.write(WARDROBE_IMAGES, name, picture, content_type)


def _lines(file: Path) -> Iterator[tuple[int, dict[str, Any] | messages.BadMessage]]:
    for number, line in enumerate(_read(file).split(b"\n"), start=1):
        if line.strip():
            try:
                yield number, messages.decode(line)
            except messages.BadMessage as error:
                yield number, error


def _user(members: dict[str, Any] | messages.BadMessage) -> str:
    return "" if isinstance(members, messages.BadMessage) else str(members.get("user_id"))


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from None
