"""Publication of a digest: into blobs, for whoever reads them; last into its document, which says that it is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from processors.digest import mail, thumbnails
from processors.digest.links import links_of
from processors.digest.model import Digest
from processors.digest.page import render, standing_alone
from processors.digest.person import Person
from shared.blobs.containers import DIGESTS as BLOBS
from shared.documents.compare_and_set import create_new, in_rounds
from shared.documents.containers import DIGESTS
from shared.documents.ids import safe
from shared.documents.port import Body
from shared.errors import Conflict, Transient
from shared.jobs.runs.definition import Run
from shared.services import Services

if TYPE_CHECKING:
    from shared.blobs.storage import Blobs

_JSON, _HTML, _EML = "application/json; charset=utf-8", "text/html; charset=utf-8", "message/rfc822"


def document_id(week: str, n: int | None, run: str) -> str:
    """Return the id of a digest: its week; of a forced run's its run."""
    return week if n is None else run


@dataclass(frozen=True, slots=True)
class BlobNames:
    """Names of a digest's blobs: JSON, page and message, and the user's latest JSON."""

    json: str
    html: str
    eml: str
    latest: str


def blob_names(user: str, week: str, n: int | None) -> BlobNames:
    """Return the names of a digest's blobs.

    A user's id is never a path as it is: what isn't safe in a name is hashed.
    """
    folder, version = safe(user), week if n is None else f"{week}.{n}"
    base = f"{folder}/{version}"
    return BlobNames(f"{base}.json", f"{base}.html", f"{base}.eml", f"{folder}/latest.json")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a digest's blobs hold."""

    json: bytes
    html: bytes
    eml: bytes


async def contents(services: Services, digest: Digest, person: Person) -> Contents:
    """Return what a digest's blobs are to hold."""
    settings = services.settings
    pictures = await thumbnails.of_digest(services, digest)
    links = links_of(settings, digest.userId, digest.week)
    html = render(digest, pictures, links)
    eml = mail.message(digest, html, person=person, sender=settings.digest_from, pictures=pictures, links=links)
    return Contents(as_text(digest), standing_alone(html, pictures).encode(), eml)


async def publish(services: Services, digest: Digest, person: Person, fingerprint: dict[str, str], run: Run) -> Body:
    """Write a digest's blobs, then its document; return the document. Writing twice changes nothing."""
    names, blobs = blob_names(digest.userId, digest.week, run.n), services.blobs
    made = await contents(services, digest, person)
    await _all_of(
        blobs.write(BLOBS, names.json, made.json, _JSON),
        blobs.write(BLOBS, names.html, made.html, _HTML),
        blobs.write(BLOBS, names.eml, made.eml, _EML),
        _write_latest(blobs, names.latest, made.json, (digest.week, run.n or 0)),
    )
    body: dict[str, Any] = {
        "id": document_id(digest.week, run.n, run.id),
        "userId": digest.userId,
        "week": digest.week,
        "n": run.n or 0,
        "run": run.id,
        "fingerprint": fingerprint,
        "json": names.json,
        "html": names.html,
        "eml": names.eml,
        "digest": digest.model_dump(mode="json"),
        "schemaVersion": 1,
    }
    try:
        return (await create_new(services.documents, DIGESTS, body)).body
    except Conflict:
        return body  # another handling of this user was first, or the answer of our own write got lost


def as_text(digest: Digest) -> bytes:
    """Return a digest as its blob has it."""
    return f"{digest.model_dump_json(indent=2)}\n".encode()


async def _all_of(*writes: Awaitable[object]) -> None:
    """Write all at once; raise the first failure when none is under way any more."""
    for came in await asyncio.gather(*writes, return_exceptions=True):
        if isinstance(came, BaseException):
            raise came


async def _write_latest(blobs: Blobs, name: str, text: bytes, mine: tuple[str, int]) -> None:
    """Write the latest digest unless what stands is of a later week, or a later version of this one."""

    async def written() -> None:
        standing = await blobs.read_version(BLOBS, name)
        if standing is None or _version_of(standing[0]) <= mine:
            await blobs.write_over(BLOBS, name, text, _JSON, standing[1] if standing else None)

    await in_rounds(
        written,
        lambda: Transient(f"Blob {name} is always written by others", code="blob_contended", dependency="blob"),
    )


def _version_of(text: bytes) -> tuple[str, int]:
    try:
        found = json.loads(text)
        *_, last = found["run"].split("|")
        return found["week"], 0 if last == found["week"] else int(last)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", 0  # not a digest: whatever it is, this one is later
