"""Idempotency: a request that names itself by a key is done once; asked again, it gets the answer it got.

A key is its caller's own. One document says what was asked (its fingerprint) and what was answered, for a day.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared import clock
from shared.documents.compare_and_set import contended, in_rounds
from shared.documents.containers import IDEMPOTENCY
from shared.documents.ids import compound
from shared.documents.port import Body, Document, Documents
from shared.errors import PreconditionFailed, Refused, UsageError

KEPT = timedelta(days=1)
LEASE = timedelta(minutes=10)
"""How long a request may take: the host's functionTimeout. Whoever was cut off is over by then."""
LARGEST = 1_000_000
"""Characters of an answer that is kept. A larger one isn't, and its request may be done again."""
_ID = "answer"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do what a key names, until it is `kept` or `dropped`."""

    document: Document


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered: its status, its headers, and its body as text."""

    status: int
    headers: dict[str, str]
    body: str


async def begin(documents: Documents, caller: str, key: str, fingerprint: str) -> Claim | Kept:
    """Claim a key of a caller for what `fingerprint` stands for; return what was answered if it was done.

    Raises UsageError when the key names another request, Refused while the first one is in progress.
    """
    name = compound("api", caller, key)

    async def claimed() -> Claim | Kept:
        standing = await documents.get(IDEMPOTENCY, name, _ID)
        if standing is None or _is_over(standing.body):
            return Claim(await _written(documents, name, fingerprint, standing))
        if standing.body["fingerprint"] != fingerprint:
            raise UsageError(
                "This Idempotency-Key was sent with another request. Take a new key for a new request.",
                code="idempotency_key_reused",
            )
        answer = standing.body.get("answer")
        if answer is None:
            raise Refused(
                "The first request with this Idempotency-Key is in progress. Ask again in a moment.",
                code="idempotency_in_progress",
            )
        return Kept(answer["status"], answer["headers"], answer["body"])

    return await in_rounds(claimed, contended(IDEMPOTENCY, name))


async def keep(documents: Documents, claim: Claim, answer: Kept) -> None:
    """Keep what was answered, for a day."""
    told = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    if len(json.dumps(told)) > LARGEST:
        await drop(documents, claim)
        return
    body = {**claim.document.body, "answer": told, "until": clock.text_now(KEPT)}
    await documents.replace(IDEMPOTENCY, body, claim.document.etag)


async def drop(documents: Documents, claim: Claim) -> None:
    """Give the key free: what it named wasn't done, and may be asked for again."""
    try:
        await documents.delete(IDEMPOTENCY, claim.document.body["key"], _ID, claim.document.etag)
    except PreconditionFailed:
        return  # its time was over, and another has it


async def _written(documents: Documents, name: str, fingerprint: str, standing: Document | None) -> Document:
    body: dict[str, Any] = {
        "id": _ID,
        "key": name,
        "fingerprint": fingerprint,
        "until": clock.text_now(LEASE),
        "schemaVersion": 1,
        "ttl": int(KEPT.total_seconds()),
    }
    if standing is None:
        return await documents.create(IDEMPOTENCY, body)
    return await documents.replace(IDEMPOTENCY, body, standing.etag)


def _is_over(body: Body) -> bool:
    return clock.parse(body["until"]) <= clock.now()
