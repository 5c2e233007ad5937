"""What is known of a source: where it is, whether it is scraped, and how the last runs went.

One document each in container scraperSources. A run's success and failure are each counted once, however often the
shard's job is handled; a source that fails in several runs in a row is paused, with the reason.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Any

from processors.scraper.addresses import absolute, canonical
from processors.scraper.types.registry import TYPES
from shared import clock, skew, telemetry
from shared.documents.compare_and_set import change, create_new
from shared.documents.containers import SCRAPER_SOURCES
from shared.documents.port import Body, Documents
from shared.errors import Conflict, UsageError
from shared.suggestion import did_you_mean
from shared.web import addresses
from shared.web.exchange import Validators

_log = logging.getLogger("nightshift.scraper")
_ID_CHARACTERS = 12
_ERROR_CHARACTERS = 500


def new(url: str, source_type: str, name: str) -> Body:
    """Return the document of a new source. Raises UsageError for what is no address, or one with a user's name."""
    problem = addresses.problem_of(url)
    if problem is not None:
        raise UsageError(f"{addresses.shown(url)} isn't taken: {problem}.", code="address_refused")
    address = absolute(TYPES[source_type].address(url))
    if address is None:
        raise UsageError(
            f"{url!r} isn't an address. Write it as https://shop.example/feed.xml.", code="address_invalid"
        )
    return {
        "id": hashlib.sha256(canonical(address).encode()).hexdigest()[:_ID_CHARACTERS],
        "sourceType": source_type,
        "url": address,
        "name": name,
        "active": True,
        "addedAt": clock.text_now(),
        "failures": 0,
        "schemaVersion": 1,
    }


async def all_of(documents: Documents, *, only_active: bool = False) -> AsyncIterator[Body]:
    """Yield the sources, in no order."""
    for source_type in TYPES:
        active: list[Any] = [("active", "=", True)] if only_active else []
        async for document in documents.query(SCRAPER_SOURCES, partition=source_type, where=active):
            yield document.body


async def paused(documents: Documents) -> list[Body]:
    """Return the sources that aren't scraped, by name."""
    inactive: list[Any] = [("active", "=", False)]
    found = []
    for source_type in TYPES:
        async for document in documents.query(SCRAPER_SOURCES, partition=source_type, where=inactive):
            found.append(document.body)
    return sorted(found, key=lambda body: (body["name"], body["id"]))


async def find(documents: Documents, wanted: str) -> Body:
    """Return the source with that id (or its beginning), name or address. Raises UsageError when it isn't just one."""
    found = [
        body
        async for body in all_of(documents)
        if body["id"].startswith(wanted) or wanted in (body["name"], body["url"])
    ]
    if len(found) != 1:
        if found:
            raise UsageError(f"{len(found)} sources are meant by {wanted!r}.", code="source_ambiguous")
        names = [body["name"] async for body in all_of(documents)]
        raise UsageError(f"There is no source {wanted!r}.{did_you_mean(wanted, names)}", code="source_not_found")
    return found[0]


async def add(documents: Documents, body: Body) -> tuple[Body, bool]:
    """Store a new source; return it and whether it is new. One that is there already stays as it is."""
    try:
        return (await create_new(documents, SCRAPER_SOURCES, body)).body, True
    except Conflict:
        standing = await documents.get(SCRAPER_SOURCES, body["sourceType"], body["id"])
        return (standing.body if standing else body), False


async def pause(documents: Documents, body: Body, *, reason: str, by: str) -> Body:
    """Let a source be scraped no more until it is resumed."""
    news = {"active": False, "pausedReason": reason, "pausedBy": by, "pausedAt": clock.text_now()}
    return await _change(documents, body["sourceType"], body["id"], lambda now: {**now, **news})


async def resume(documents: Documents, body: Body) -> Body:
    """Let a source be scraped again, with no failures counted."""

    def resumed(now: Body) -> Body:
        kept = {name: value for name, value in now.items() if not name.startswith("paused")}
        return {**kept, "active": True, "failures": 0}

    return await _change(documents, body["sourceType"], body["id"], resumed)


async def succeeded(
    documents: Documents, source: Body, run: str, validators: Validators, counts: Mapping[str, int]
) -> None:
    """Record that a run scraped the source: `counts` says whether it was listed, or not modified."""
    now = clock.text_now()
    news: dict[str, Any] = {
        "etag": validators.etag,
        "lastModified": validators.last_modified,
        "lastRun": run,
        "lastSuccessAt": now,
        "lastCounts": dict(counts),
        "failures": 0,
    }
    if counts.get("new"):
        news["lastNewItemAt"] = now
    if not counts.get("not_modified"):
        news["lastListedAt"] = now
    await _change(documents, source["sourceType"], source["id"], lambda body: {**body, **news})


async def failed(
    documents: Documents, source_type: str, id: str, run: str, error: Mapping[str, str], *, failures_to_pause: int
) -> None:
    """Record that a run could not scrape the source, once; pause it when that was once too often."""

    def counted(body: Body) -> Body:
        if run in (body.get("lastFailedRun"), body.get("lastRun")):
            return body
        failures = body["failures"] + 1
        shown = {**error, "message": error["message"][:_ERROR_CHARACTERS], "at": clock.text_now()}
        changed = {**body, "failures": failures, "lastError": shown, "lastFailedRun": run}
        if failures < failures_to_pause or not body["active"]:
            return changed
        reason = f"failed in {failures} runs in a row, lastly: {shown['message']}"
        return {**changed, "active": False, "pausedReason": reason, "pausedBy": run, "pausedAt": shown["at"]}

    body = await _change(documents, source_type, id, counted)
    if body.get("pausedBy") == run:
        telemetry.event(_log, logging.WARNING, "source paused", source=id, run=run, code=error["code"])


def is_silent(body: Body, length: timedelta) -> bool:
    """Return whether a source that had items has had no new ones for so long."""
    last = body.get("lastNewItemAt")
    return bool(body["active"] and last and clock.now() - clock.parse(last) > length)


def validators_of(body: Body, *, listed_every: timedelta) -> Validators:
    """Return what the source's server said of the version that was read last; nothing when that is so long ago.

    Then it is read again though it is the same: its items are still shown, so they are kept.
    """
    if skew.believed(body.get("lastListedAt", "")) <= clock.text_now(-listed_every):
        return Validators()
    return Validators(body.get("etag", ""), body.get("lastModified", ""))


async def _change(documents: Documents, source_type: str, id: str, make: Callable[[Body], Body]) -> Body:
    def made(body: Body | None) -> Body:
        if body is None:
            raise UsageError(f"There is no source {id!r} any more.", code="source_not_found")
        return make(body)

    changed = await change(documents, SCRAPER_SOURCES, source_type, id, made)
    assert changed is not None  # `made` raises instead
    return changed
