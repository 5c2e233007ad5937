"""Digests: what a user's week looks like, and what the user thinks of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from operations.actor import Actor, user_scope
from operations.answers import Page, members, page, read
from processors.digest import preferences
from processors.digest.model import Verdict as Verdict
from processors.digest.preview import Preview
from shared.blobs.containers import DIGESTS
from shared.documents.containers import DIGESTS as DIGEST_DOCUMENTS
from shared.documents.port import Body, Condition, Documents
from shared.errors import NotFound
from shared.services import Services


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """A digest (docs/schemas/digest.schema.json), and the names of the blobs that hold it.

    `eml` is the mail that was made of it; None: an older version of the app made none.
    """

    digest: dict[str, Any]
    json: str
    html: str
    eml: str | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """A digest's mail: the `page` that a mail program shows of it, and when the mail service took it, if it did."""

    page: bytes
    sent_at: str | None


@dataclass(frozen=True, slots=True)
class NewDigest:
    """A digest among those of all users: whose, its ISO week and version, and the run that made it."""

    user_id: str
    week: str
    n: int
    run: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a user thinks of an item: the verdict, the item's title, the digest's week, and when it was said."""

    item: str
    title: str
    verdict: Verdict
    week: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a user said: whether digests are wanted, and what is thought of items, the latest first."""

    wants_digests: bool
    opinions: tuple[Opinion, ...]


@dataclass(frozen=True, slots=True)
class ListedDigest:
    """Which digest there is: its ISO week, its version (above 0: of a forced run), and the run that made it."""

    week: str
    n: int
    run: str


async def get(documents: Documents, by: Actor, user: str, *, week: str | None = None) -> StoredDigest:
    """Return a user's newest digest, or the one of an ISO week such as 2026-W48. Raises NotFound."""
    by.require("reader", user_scope(user))
    found = await preferences.newest(documents, user, week)
    if found is None:
        of = f" of {week}" if week else " yet"
        raise NotFound(f"There is no digest for {user!r}{of}.", code="digest_not_found")
    return StoredDigest(found["digest"], found["json"], found["html"], found.get("eml"))


async def search(documents: Documents, by: Actor, user: str, *, limit: int = 50) -> Page[ListedDigest]:
    """Return which digests there are of a user, the latest week first, of a week its versions."""
    by.require("reader", user_scope(user))
    query = documents.query(
        DIGEST_DOCUMENTS, partition=user, order_by="-week", select=members(ListedDigest), limit=limit
    )
    found = [read(ListedDigest, document.body) async for document in query]
    return page(sorted(found, key=lambda one: (one.week, one.n), reverse=True))


async def latest(documents: Documents, by: Actor, *, week: str | None = None, limit: int = 50) -> Page[NewDigest]:
    """Return the newest digests of all users, the latest week first, or those of a week."""
    by.require("reader")
    where: list[Condition] = [("week", "=", week)] if week is not None else []
    query = documents.query(
        DIGEST_DOCUMENTS, where=where, order_by="-week", select=("id", *members(NewDigest)), limit=limit
    )
    return page([read(NewDigest, document.body) async for document in query])


async def said(documents: Documents, by: Actor, user: str) -> Said:
    """Return what a user said of digests, and of what they show."""
    by.require("reader", user_scope(user))
    opinions = [read(Opinion, body) for body in await preferences.feedback(documents, user)]
    opinions.sort(key=lambda one: one.updated_at, reverse=True)
    return Said(await preferences.wants(documents, user), tuple(opinions))


async def files(services: Services, by: Actor, user: str, digest: StoredDigest) -> dict[str, bytes]:
    """Return what the digest's blobs hold, by name."""
    by.require("reader", user_scope(user))
    return {name: await services.blobs.read(DIGESTS, name) for name in (digest.json, digest.html, digest.eml) if name}


async def mail(services: Services, by: Actor, user: str, digest: StoredDigest) -> Mail | None:
    """Return the mail of a digest, and when it was sent; None when an older version of the app made the digest."""
    by.require("reader", user_scope(user))
    if digest.eml is None:
        return None
    from processors.digest import mailing
    from processors.digest.mail import as_shown

    page = as_shown(await services.blobs.read(DIGESTS, digest.eml))
    return Mail(page, await mailing.accepted_at(services.documents, user, digest.digest["week"]))


async def preview(documents: Documents, by: Actor, user: str) -> Preview:
    """Return what the digest of a user would be now; nothing is stored. Raises NotFound when there's nothing to say."""
    by.require("reader", user_scope(user))
    from processors.catalogue import preview_digest

    return await preview_digest(documents, user)


async def give_feedback(documents: Documents, by: Actor, user: str, item: str, verdict: Verdict) -> Body:
    """Note what a user thinks of an item of the newest digest; the last word on an item counts.

    Raises NotFound when there is no digest, UsageError when it doesn't show the item.
    """
    by.require("producer", user_scope(user))
    return await preferences.give_feedback(documents, user, item, verdict)
