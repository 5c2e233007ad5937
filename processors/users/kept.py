"""User data: what is kept of a user, where, and how is it exported or deleted?

Documents that belong to the user; jobs of the user with their payloads, dead letters included; bodies in dead letters
that are no jobs but name the user; receipts of messages that a gate holds back; outcomes of digests; tasks of alerts
that the user owns; blobs in the user's folders; that the user is registered. What operators did to the user's jobs
stays, without the user's id.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared import users
from shared.blobs.containers import DIGESTS as DIGEST_BLOBS
from shared.blobs.containers import WARDROBE_IMAGES
from shared.documents.compare_and_set import contended, in_rounds
from shared.documents.containers import (
    ALERT_TASKS,
    AUDIT,
    DIGEST_FEEDBACK,
    DIGEST_OUTCOMES,
    DIGESTS,
    HELD_MESSAGES,
    JOBS,
    TASTE_EVIDENCE,
    USER_PROFILES,
    USERS,
    WARDROBE,
    WEAR_EVENTS,
    Container,
)
from shared.documents.ids import beside, safe
from shared.documents.port import Body, Document, Documents
from shared.errors import PreconditionFailed
from shared.jobs import messages
from shared.services import Services

if TYPE_CHECKING:
    from shared.blobs.storage import Blobs

OWNED = (WARDROBE, WEAR_EVENTS, USER_PROFILES, TASTE_EVIDENCE, DIGESTS, DIGEST_FEEDBACK)
"""Containers whose partitions are users."""
FORGOTTEN = "(forgotten)"


@dataclass(frozen=True, slots=True)
class Found:
    """A document that is kept of a user, and where."""

    container: Container
    document: Document


async def documents_of(documents: Documents, user: str) -> AsyncIterator[Found]:
    """Yield every document that is kept of a user."""
    for container in OWNED:
        async for document in documents.query(container, partition=user):
            yield Found(container, document)
    async for document in documents.query(DIGEST_OUTCOMES, where=[("userId", "=", user)]):
        yield Found(DIGEST_OUTCOMES, document)
    async for document in documents.query(ALERT_TASKS, where=[("owner", "=", user)]):
        yield Found(ALERT_TASKS, document)
    async for document in documents.query(JOBS, partition=user, where=[("raw", "exists", False)]):
        yield Found(JOBS, document)
    async for document in documents.query(JOBS, where=[("raw", "exists", True)]):
        if names(document.body, user):
            yield Found(JOBS, document)
    async for document in documents.query(HELD_MESSAGES, where=[("scope", "=", user)]):
        yield Found(HELD_MESSAGES, document)
    registration = await documents.get(USERS, users.bucket_of(user), user)
    if registration is not None:
        yield Found(USERS, registration)


async def blobs_of(blobs: Blobs, user: str) -> AsyncIterator[tuple[str, str]]:
    """Yield container and name of every blob that is kept of a user."""
    for container in (WARDROBE_IMAGES, DIGEST_BLOBS):
        for name in await blobs.names(container, f"{safe(user)}/"):
            yield container, name


def names(record: Body, user: str) -> bool:
    """Return whether a dead letter's raw body names the user: as its user_id, or anywhere as a whole JSON text."""
    raw = messages.unwrapped(base64.b64decode(record["raw"]))
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return json.dumps(user, ensure_ascii=False).encode("utf-8", "surrogatepass") in raw
    return _names(body, user)


async def export(services: Services, user: str) -> dict[str, Any]:
    """Return all that is kept of a user: documents by container, and addresses of blobs."""
    kept: dict[str, list[Body]] = {}
    async for found in documents_of(services.documents, user):
        kept.setdefault(found.container.name, []).append(found.document.body)
    blobs = [services.blobs.url(container, name) async for container, name in blobs_of(services.blobs, user)]
    return {"user": user, "documents": kept, "blobs": blobs}


async def forget(services: Services, user: str) -> AsyncIterator[str]:
    """Delete all that is kept of a user; yield for each thing of which kind it was. Doing it again goes on there.

    Messages of the user that are still in a queue count as new when they come.
    """
    async for container, name in blobs_of(services.blobs, user):
        await services.blobs.delete(container, name)
        yield f"blobs in {container}"
    for one in [found async for found in documents_of(services.documents, user)]:
        await _delete(services.documents, one)
        yield one.container.name
    users.unlearn(services.documents, user)
    query = services.documents.query(AUDIT, where=[("scope", "=", beside(user))])
    for line in [document async for document in query]:
        await _anonymise(services.documents, line)
        yield "audit lines made anonymous"


async def _delete(documents: Documents, found: Found) -> None:
    body = found.document.body
    partition = body[found.container.partition_key]
    known: Document | None = found.document

    async def deleted() -> None:
        nonlocal known
        standing, known = known or await documents.get(found.container, partition, body["id"]), None
        if standing is not None:
            await documents.delete(found.container, partition, body["id"], standing.etag)

    await in_rounds(deleted, contended(found.container, body["id"]))


async def _anonymise(documents: Documents, line: Document) -> None:
    try:
        await documents.replace(AUDIT, {**line.body, "scope": FORGOTTEN}, line.etag)
    except PreconditionFailed:
        return  # nobody writes audit lines twice: it has expired


def _names(value: Any, user: str) -> bool:
    if isinstance(value, dict):
        return any(_names(one, user) for one in value.values())
    if isinstance(value, list):
        return any(_names(one, user) for one in value)
    return bool(value == user)
