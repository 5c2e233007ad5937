"""Sources of the scraper: which there are, adding one, pausing and resuming one, and what a new one would give."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api import routing
from api.exact import exactly
from api.params import By, Id, With
from api.routing import Answer, route
from operations import sources
from operations.actor import Actor
from operations.answers import Page
from operations.sources import Added, ListedSource, Listing, Source
from shared.services import Services

routes = routing.router("sources")
_Url = Annotated[str, Field(min_length=1, max_length=2048, examples=["https://shop.example/feed.xml"])]
_Type = Annotated[str, Field(max_length=50, description="Default: what the address looks like.")] | None


class New(BaseModel):
    """A source to add."""

    model_config = ConfigDict(extra="forbid")

    url: _Url
    type: _Type = None
    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None


class Looked(BaseModel):
    """An address to look at."""

    model_config = ConfigDict(extra="forbid")

    url: _Url
    type: _Type = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class Paused(BaseModel):
    """Why a source is paused."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500)]


@route(routes, "GET", "/sources", answers=Page[ListedSource])
async def list_sources(services: With, by: By) -> Page[ListedSource]:
    """List the sources, by name."""
    return await sources.all_sources(services.documents, services.settings, by)


@route(routes, "POST", "/sources", answers=Added, status=201, also=(200,))
async def add_source(services: With, by: By, new: New) -> Answer:
    """Let the scraper take items from an address: 201, or 200 when it is there already."""
    added = await sources.add(services.documents, services.settings, by, new.url, source_type=new.type, name=new.name)
    return Answer(added, 201 if added.answer == "added" else 200)


@route(routes, "POST", "/sources/preview", answers=Listing)
async def preview_source(services: With, by: By, looked: Looked) -> Listing:
    """Show what a run would take from an address. Stores nothing."""
    return await sources.preview(services, by, looked.url, source_type=looked.type, limit=looked.limit)


@route(routes, "POST", "/sources/{id}/pause", answers=Source)
async def pause_source(services: With, by: By, id: Id, paused: Paused) -> Source:
    """Let a source be scraped no more until it is resumed."""
    by.require("admin")
    await _there(services, by, id)
    return await sources.pause(services.documents, by, id, reason=paused.reason)


@route(routes, "POST", "/sources/{id}/resume", answers=Source)
async def resume_source(services: With, by: By, id: Id) -> Source:
    """Let a source be scraped again, by the next run."""
    by.require("admin")
    await _there(services, by, id)
    return await sources.resume(services.documents, by, id)


async def _there(services: Services, by: Actor, id: str) -> None:
    found = await sources.all_sources(services.documents, services.settings, by)
    there = next((one.id for one in found.items if one.id == id), "")
    exactly(id, there, what="source", code="source_not_found")
