"""Queues: how deep they are, an address that may only add to one; and how the app is doing in all."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api import routing
from api.params import By, Id, With
from api.routing import route
from operations import queues, status
from operations.answers import Page
from operations.queues import AddOnly, QueueDepth
from operations.status import Status

routes = routing.router("queues")


class Lasts(BaseModel):
    """How long the address lasts."""

    model_config = ConfigDict(extra="forbid")

    hours: Annotated[float, Field(gt=0, le=168)] = 24


@route(routes, "GET", "/queues", answers=Page[QueueDepth])
async def list_queues(services: With, by: By) -> Page[QueueDepth]:
    """List how many messages each queue holds, poison queues included."""
    return await queues.depths(services, by)


@route(routes, "POST", "/queues/{id}/add-only", answers=AddOnly, status=201)
async def make_address(services: With, by: By, id: Id, lasts: Lasts) -> AddOnly:
    """Make an address that may only add messages to a queue. It is a secret."""
    return await queues.add_only(services, by, id, timedelta(hours=lasts.hours))


@route(routes, "GET", "/status", answers=Status)
async def show_status(services: With, by: By) -> Status:
    """Show how the app is doing: a verdict in words, and what it was made of."""
    return await status.read(services.documents, services.settings, by)
