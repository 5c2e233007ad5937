"""Moods: which were found in scraped items, and how many items support each, by ISO week."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api import routing
from api.exact import exactly
from api.params import By, Id, With, Word
from api.routing import route
from operations import moods
from operations.answers import Page
from operations.moods import Mood, Trend

Weeks = Annotated[int, Query(ge=1, le=52, description="ISO weeks that are counted.")]
Most = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
routes = routing.router("moods")


@route(routes, "GET", "/moods", answers=Page[Mood])
async def list_moods(services: With, by: By, primary: Word = None, weeks: Weeks = 4, limit: Most = 50) -> Page[Mood]:
    """List moods, those of most recent items first."""
    return await moods.search(services.documents, by, primary=primary, weeks=weeks, limit=limit)


@route(routes, "GET", "/moods/trends", answers=Page[Trend])
async def list_trends(services: With, by: By, primary: Word = None, weeks: Weeks = 8, limit: Most = 20) -> Page[Trend]:
    """List the moods' trends, of most recent items first."""
    return await moods.trends(services.documents, by, primary=primary, weeks=weeks, limit=limit)


@route(routes, "GET", "/moods/{id}", answers=Mood)
async def show_mood(services: With, by: By, id: Id, weeks: Weeks = 8) -> Mood:
    """Show a mood."""
    found = await moods.get(services.documents, by, id, weeks=weeks)
    exactly(id, found.id, what="mood", code="mood_not_found")
    return found
