"""Alerts: what fires, what was told, and silencing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api import clients, routing
from api.params import By, ClientFilter, Instant, Paging, With, Word, instant
from api.routing import route
from operations import alerts
from operations.alerts import AlertEvent, AlertState
from operations.answers import Page
from shared import clock

_USUAL = timedelta(days=7)
routes = routing.router("alerts")


class Silence(BaseModel):
    """Until when a (rule, scope) is silent; null ends the silence."""

    model_config = ConfigDict(extra="forbid")

    rule: Annotated[str, Field(min_length=1, max_length=200)]
    scope: Annotated[str, Field(min_length=1, max_length=300)]
    until: Annotated[datetime, BeforeValidator(instant)] | None
    reason: Annotated[str, Field(max_length=500)] = ""


@dataclass(frozen=True, slots=True)
class Silenced:
    """A (rule, scope), and until when it is silent."""

    rule: str
    scope: str
    silenced_until: datetime | None


@route(routes, "GET", "/alerts/states", answers=Page[AlertState])
async def list_states(services: With, by: By, client: ClientFilter = None) -> Page[AlertState]:
    """List the state of each (rule, scope) of a client, or of the app's own rules; firing ones first."""
    return await alerts.states(services.documents, by, **clients.of(client))


@route(routes, "GET", "/alerts/history", answers=Page[AlertEvent])
async def list_history(
    services: With,
    by: By,
    wanted: Paging,
    since: Instant | None = None,
    scope: Word = None,
    client: ClientFilter = None,
) -> Page[AlertEvent]:
    """List what was told since an instant (default: 7 days ago), the latest first."""
    found = await alerts.history(
        services.documents,
        by,
        since or clock.now() - _USUAL,
        scope=scope,
        limit=wanted.limit,
        **clients.of(client),
        after=wanted.after,
    )
    return wanted.page(found)


@route(routes, "POST", "/alerts/silence", answers=Silenced)
async def silence(services: With, by: By, said: Silence, client: ClientFilter = None) -> Silenced:
    """Tell nobody of a (rule, scope) until an instant. What still fires then is told."""
    await alerts.silence(
        services.documents,
        by,
        said.rule,
        said.scope,
        said.until,
        reason=said.reason,
        **clients.of(client),
    )
    return Silenced(said.rule, said.scope, said.until)
