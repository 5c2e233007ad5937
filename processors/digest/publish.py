"""Publication of a digest: into blobs, for whoever reads them; last into its document, which says that it is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from processors.digest.model import Digest
from processors.digest.page import render
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

_JSON, _HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"


def document_id(week: str, n: int | None, run: str) -> str:
    """Return the id of a digest: its week; of a forced run's its run."""
    return week if n is None else run


def blob_names(user: str, week: str, n: int | None) -> tuple[str, str, str]:
    """Return the names of a digest's JSON and HTML, and of the user's latest.

    A user's id is never a path as it is: what isn't safe in a name is hashed.
    """
    folder, version = safe(user), week if n is None else f"{week}.{n}"
    return f"{folder}/{version}.json", f"{folder}/{version}.html", f"{folder}/latest.json"


async def publish(services: Services, digest: Digest, fingerprint: dict[str, str], run: Run) -> Body:
    """Write a digest's blobs, then its document; return the document. Writing twice changes nothing."""
    as_json, as_html, latest = blob_names(digest.userId, digest.week, run.n)
    text = as_text(digest)
    await _all_of(
        services.blobs.write(BLOBS, as_json, text, _JSON),
        services.blobs.write(BLOBS, as_html, render(digest).encode(), _HTML),
        _write_latest(services.blobs, latest, text, (digest.week, run.n or 0)),
    )
    body: dict[str, Any] = {
        "id": document_id(digest.week, run.n, run.id),
        "userId": digest.userId,
        "week": digest.week,
        "n": run.n or 0,
        "run": run.id,
        "fingerprint": fingerprint,
        "json": as_json,
        "html": as_html,
        "digest": digest.model_dump(mode="json"),
        "schemaVersion": 1,
    }
    try:
        return (await create_new(services.documents, DIGESTS, body)).body
    except Conflict:
        return body  # another handling of this user was first, or the answer of our own write got lost


def as_text(digest: Digest) -> bytes:
    """Return a digest as its blob has it."""
    return (json.dumps(digest.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n").encode()


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

    by_others = Transient(f"Blob {name} is always written by others", code="blob_contended", dependency="blob")
    await in_rounds(written, otherwise=by_others)


def _version_of(text: bytes) -> tuple[str, int]:
    try:
        found = json.loads(text)
        *_, last = found["run"].split("|")
        return found["week"], 0 if last == found["week"] else int(last)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", 0  # not a digest: whatever it is, this one is later
