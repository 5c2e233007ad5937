"""Sources of the scraper: adding, pausing and resuming them, how they do, and what a new one would give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from operations.actor import Actor
from operations.answers import Page, page, read
from processors.scraper import items, sources
from processors.scraper.fetching import fetcher_of
from processors.scraper.hosts import Hosts
from processors.scraper.reading import read as read_listing
from processors.scraper.types.registry import TYPES, guessed
from shared import audit
from shared.config import Settings
from shared.documents.port import Body, Documents
from shared.documents.sqlite import SqliteDocuments
from shared.errors import UsageError
from shared.masking import masked_json
from shared.services import Services
from shared.suggestion import did_you_mean
from shared.web import addresses
from shared.web.exchange import Fetched, Wanted

_NAME_CHARACTERS = 80
_SAID = ("sourceType", "url", "name", "active", "pausedReason", "pausedBy")
_SHOWN = ("id", "url", "title", "text", "imageUrl", "priceMicro", "currency", "publishedAt", "contentHash")


@dataclass(frozen=True, slots=True)
class Source:
    """A source: where it is, whether it is scraped, and how its last runs went. Instants are texts, as stored."""

    id: str
    type: str
    name: str
    url: str
    active: bool
    failures: int
    added_at: str
    paused_reason: str | None
    paused_by: str | None
    paused_at: str | None
    last_run: str | None
    last_success_at: str | None
    last_new_item_at: str | None
    last_error: dict[str, str] | None
    last_counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class ListedSource(Source):
    """A source, and whether it had items and has had no new ones for long."""

    silent: bool

    @property
    def state(self) -> Literal["paused", "silent", "failing", "active"]:
        """How it does, in one word."""
        if not self.active:
            return "paused"
        return "silent" if self.silent else "failing" if self.failures else "active"


@dataclass(frozen=True, slots=True)
class Added:
    """The source that was added, or was there already."""

    answer: Literal["added", "duplicate"]
    source: Source


@dataclass(frozen=True, slots=True)
class Listing:
    """What a run would take from an address: how many items, and the first of them.

    `left_out` counts entries of which nothing can be made, `duplicates` those that are there already: shown twice, or
    brought by another source.
    """

    url: str
    type: str
    listed: int
    left_out: int
    duplicates: int
    items: tuple[dict[str, Any], ...]
    next: str | None = None


async def add(
    documents: Documents,
    settings: Settings,
    by: Actor,
    url: str,
    *,
    source_type: str | None = None,
    name: str | None = None,
) -> Added:
    """Let the scraper take items from an address (default type: what it looks like; default name: host and path).

    Raises UsageError for a type that there isn't, and for an address that isn't one or isn't public.
    """
    by.require("admin")
    body = sources.new(url, type_of(url, source_type), name or "")
    addresses.check(body["url"], local=addresses.AllowedLocal(settings.fetch_allowed_local).covers(body["url"]))
    body["name"] = name or body["url"].partition("://")[2].rstrip("/")[:_NAME_CHARACTERS]
    body, is_new = await sources.add(documents, body)
    if is_new:
        change = audit.difference({}, _configured(body))
        await audit.write(documents, "add source", by=by.name, source=body["id"], **change)
    return Added("added" if is_new else "duplicate", _view(body))


async def all_sources(documents: Documents, settings: Settings, by: Actor) -> Page[ListedSource]:
    """Return the sources, by name."""
    by.require("reader")
    length = timedelta(days=settings.scraper_silent_days)
    found = [
        read(ListedSource, {**_members(body), "silent": sources.is_silent(body, length)})
        async for body in sources.all_of(documents)
    ]
    return page(sorted(found, key=lambda source: (source.name, source.id)))


async def pause(documents: Documents, by: Actor, source: str, *, reason: str) -> Source:
    """Let a source (its id, the beginning of it, name or address) be scraped no more until it is resumed."""
    by.require("admin")
    found = await sources.find(documents, source)
    body = await sources.pause(documents, found, reason=reason, by=by.name)
    change = audit.difference(_configured(found), _configured(body))
    await audit.write(documents, "pause source", by=by.name, source=body["id"], why=reason, **change)
    return _view(body)


async def resume(documents: Documents, by: Actor, source: str) -> Source:
    """Let a source be scraped again, by the next run."""
    by.require("admin")
    found = await sources.find(documents, source)
    body = await sources.resume(documents, found)
    change = audit.difference(_configured(found), _configured(body))
    await audit.write(documents, "resume source", by=by.name, source=body["id"], **change)
    return _view(body)


async def preview(
    services: Services, by: Actor, url: str, *, source_type: str | None = None, limit: int = 20
) -> Listing:
    """Return what a run would take from an address, beside what the store has already. Stores nothing."""
    by.require("admin")
    of_type = TYPES[type_of(url, source_type)]
    source = sources.new(url, of_type.name, "")
    forgotten = SqliteDocuments(":memory:")
    hosts = Hosts(fetcher_of(services), forgotten, delay_seconds=services.settings.scraper_host_delay_seconds)
    try:
        fetched = await hosts.get(source["url"], Wanted(of_type.content_types, of_type.max_bytes))
    finally:
        await forgotten.close()
    assert isinstance(fetched, Fetched)
    listing = await read_listing(of_type.name, fetched)
    taken = await items.to_take(services.documents, source, listing.entries)
    shown = tuple({member: body[member] for member in _SHOWN if member in body} for body in taken.items[:limit])
    return Listing(source["url"], of_type.name, len(taken.items), listing.left_out, taken.duplicates, shown)


def type_of(url: str, given: str | None) -> str:
    """Return the type of source that was given, or that an address looks like. Raises UsageError for an unknown one."""
    name = given or guessed(url)
    if name not in TYPES:
        known = "; ".join(f"{one.name}, {one.about}" for one in TYPES.values())
        meant = did_you_mean(name, TYPES)
        raise UsageError(f"There is no type of source {name!r}.{meant} Types are: {known}.", code="source_type_unknown")
    return name


def _configured(body: Body) -> Body:
    """Return what operators say of a source, not what runs found."""
    return {name: body[name] for name in _SAID if name in body}


def _view(body: Body) -> Source:
    return read(Source, _members(body))


def _members(body: Body) -> Body:
    shown: Body = masked_json({"lastCounts": {}, **body, "type": body["sourceType"]})
    return shown
