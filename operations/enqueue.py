"""Enqueueing: asking for taste jobs, one or many, sending a raw body, and waiting until jobs have ended."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from operations.actor import Actor, user_scope
from operations.explanations import Explanation, explained, surroundings
from operations.pictures import Picture
from processors.taste.kind import taste_kind
from processors.taste.model import TasteJob as TasteJob
from shared import lanes
from shared.blobs.containers import WARDROBE_IMAGES
from shared.documents.containers import WARDROBE
from shared.documents.ids import safe
from shared.errors import NightshiftError, Permanent, Refused, UsageError
from shared.jobs import messages
from shared.jobs.producer import Producer
from shared.jobs.record import JobKey, Record
from shared.jobs.record_store import Records
from shared.services import Services

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What one asking came to: accepted, duplicate, or (a raw body) sent; None with the `error` that prevented it."""

    answer: Literal["accepted", "duplicate", "sent"] | None = None
    id: str | None = None
    """The job's id; a raw body's message id."""
    scope: str | None = None
    status: str | None = None
    generation: int | None = None
    line: int | None = None
    error: NightshiftError | None = None
    clamped: tuple[str, ...] = ()
    """Members whose instants were still to come: they count as of now."""

    @property
    def job(self) -> JobKey | None:
        """Which job it is; None for a raw body, and where there is none."""
        return None if self.scope is None or self.id is None else JobKey(self.scope, self.id)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended; a `status` that is no end's is what it had when the time was up.

    Then `explanation` says what keeps it; None where no worker has made a record yet.
    """

    job: JobKey
    status: str
    reason: str | None = None
    timed_out: bool = False
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One message of many: its number, and its members or what is wrong with it."""

    number: int
    members: dict[str, Any] | None = None
    problem: NightshiftError | None = None


async def taste(
    services: Services, by: Actor, members: dict[str, Any], *, picture: Picture | None = None, line: int | None = None
) -> Enqueued:
    """Ask for a taste job; `members` is its payload. A `picture` is uploaded and becomes its image_url.

    Without either, the wardrobe's picture is taken. Raises BadMessage, or Refused when no picture is known.
    """
    by.require("producer", user_scope(str(members.get("user_id"))))
    if picture is not None:
        members = {**members, "image_url": await _upload(services, members, picture)}
    elif "image_url" not in members and {"user_id", "item_id"} <= members.keys():
        members = {**members, "image_url": await _wardrobe_picture(services, members)}
    producer = Producer(Records(services.documents), services.queues)
    traceparent = members.get("traceparent")
    answer = await producer.enqueue(
        taste_kind(services.settings),
        members,
        by=by.name,
        traceparent=traceparent if isinstance(traceparent, str) else None,
    )
    key = answer.key
    return Enqueued(answer.what, key.id, key.scope, answer.status, answer.generation, line, clamped=answer.clamped)


async def taste_lines(services: Services, by: Actor, lines: Iterable[Line]) -> AsyncIterator[Enqueued]:
    """Ask for a taste job a line, several at once, one user's in turn; yield what each came to as it comes.

    A bad line's error is in its answer, and the rest goes on.
    """

    async def one(line: Line) -> Enqueued:
        if line.members is None:
            return Enqueued(line=line.number, error=line.problem)
        try:
            return await taste(services, by, line.members, line=line.number)
        except (Refused, Permanent) as error:
            return Enqueued(line=line.number, error=error)

    async for answer in lanes.results(lines, lambda line: str((line.members or {}).get("user_id", "")), one):
        yield answer


def lines_of(text: bytes) -> list[Line]:
    """Return the messages of a text of one JSON object a line; blank lines are left out."""
    found = []
    for number, line in enumerate(text.split(b"\n"), start=1):
        if line.strip():
            try:
                found.append(Line(number, messages.decode(line)))
            except messages.BadMessage as error:
                found.append(Line(number, problem=error))
    return found


async def raw(services: Services, by: Actor, body: bytes) -> Enqueued:
    """Put bytes into the taste queue as they are, unchecked. Raises UsageError when a queue can't carry them."""
    by.require("producer")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"The body isn't UTF-8 (byte {error.start}), and a storage queue carries text. Send it as Base64.",
            code="raw_not_utf8",
        ) from None
    message = await services.queues.send(taste_kind(services.settings).queue, text)
    return Enqueued("sent", message, status="unchecked")


async def ended(services: Services, by: Actor, asked: Iterable[Enqueued], limit_seconds: float) -> AsyncIterator[Ended]:
    """Yield how each asked job ended as it does; those that haven't when the time is up, as timed out."""
    by.require("reader")
    records = Records(services.documents)
    open_jobs = {answer.job: answer.generation or 0 for answer in asked if answer.job is not None}
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + limit_seconds, _FIRST_PAUSE_SECONDS
    while open_jobs:
        seen: dict[JobKey, Record | None] = {}
        for job, generation in list(open_jobs.items()):
            held = await records.get(job)
            record = held.record if held else None
            seen[job] = record
            if record is not None and record.ended and record.generation >= generation:
                del open_jobs[job]
                yield Ended(job, record.status, _reason(record))
        if loop.time() >= deadline:
            around = await surroundings(services.documents, services.settings)
            for job in open_jobs:
                record = seen[job]
                explanation = explained(record, around) if record else None
                yield Ended(job, record.status if record else "queued", timed_out=True, explanation=explanation)
            return
        if open_jobs:
            await asyncio.sleep(min(pause, max(0.0, deadline - loop.time())))
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


async def _wardrobe_picture(services: Services, members: dict[str, Any]) -> str:
    user, item = str(members["user_id"]), str(members["item_id"])
    document = await services.documents.get(WARDROBE, user, item)
    url = document.body.get("imageUrl") if document else None
    if not url:
        raise Refused(
            f"Item {item!r} isn't in the wardrobe of {user!r}, so its picture isn't known.", code="picture_unknown"
        )
    return str(url)


async def _upload(services: Services, members: dict[str, Any], picture: Picture) -> str:
    extension, content_type = picture.kind
    await asyncio.to_thread(picture.check)
    # Named by its content: two pictures of an item are two pieces of evidence, the same one again is the same.
    user, item = safe(str(members["user_id"])), safe(str(members["item_id"]))
    name = f"{user}/{item}/{hashlib.sha256(picture.content).hexdigest()[:16]}.{extension}"
    await services.blobs.ensure(WARDROBE_IMAGES)
    return await services.blobs.write(WARDROBE_IMAGES, name, picture.content, content_type)


def _reason(record: Record) -> str | None:
    return f"{record.reason.code}: {record.reason.message}" if record.reason else None
