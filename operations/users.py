"""Users: whether one wants digests, all that is kept of one, and forgetting it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from operations.actor import Actor, user_scope
from operations.jobs import shown
from processors.digest import person, preferences
from processors.digest.inputs import pseudonym
from processors.digest.person import Person
from processors.users import kept
from shared import audit
from shared.documents.containers import JOBS
from shared.documents.port import Documents
from shared.masking import masked_json
from shared.services import Services


async def want_digests(documents: Documents, by: Actor, user: str, *, wants: bool) -> None:
    """Note whether a user wants digests. The last word counts."""
    by.require("producer", user_scope(user))
    await preferences.opt(documents, user, wants=wants)


async def describe(
    documents: Documents,
    by: Actor,
    user: str,
    *,
    name: str | None = None,
    email: str | None = None,
    consent: bool | None = None,
    locale: str | None = None,
) -> Person:
    """Note what a user is called, reads, and may be mailed; what is None stays, an empty text is forgotten."""
    by.require("producer", user_scope(user))
    return await person.describe(documents, user, name=name, email=email, consent=consent, locale=locale)


async def export(services: Services, by: Actor, user: str) -> dict[str, Any]:
    """Return all that is kept of a user: documents by container, and addresses of blobs; their secrets masked."""
    by.require("operator", user_scope(user))
    found: dict[str, Any] = masked_json(await kept.export(services, user))
    if JOBS.name in found["documents"]:
        found["documents"][JOBS.name] = [shown(record) for record in found["documents"][JOBS.name]]
    await audit.write(services.documents, "export user", by=by.name, user=pseudonym(user))
    return found


async def forget(services: Services, by: Actor, user: str) -> AsyncIterator[str]:
    """Delete all that is kept of a user, for good; yield for each thing of which kind it was.

    Doing it again goes on where it ended. An audit line without the data stays.
    """
    by.require("admin", user_scope(user))
    counts: dict[str, int] = {}
    async for what in kept.forget(services, user):
        counts[what] = counts.get(what, 0) + 1
        yield what
    await audit.write(services.documents, "forget user", by=by.name, counts=counts)
