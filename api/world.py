"""World: what the API works with: services, the authenticator, rates, and what it remembers between requests."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from api.auth import modes
from api.auth.port import Authenticator
from api.limits import Rate
from operations.denials import Denials
from operations.health.readiness import Readiness
from shared.errors import NightshiftError
from shared.services import Services
from shared.telemetry import event

_log = logging.getLogger("nightshift.api")


@dataclass(slots=True)
class World:
    """One per app. `looked` is when its dependencies were asked last, and what was found."""

    services: Services
    authenticator: Authenticator
    rate: Rate
    denials: Denials = field(default_factory=Denials)
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    looked: tuple[float, Readiness] | None = None

    async def deny(self, *, who: str, what: str, code: str, request: str) -> None:
        """Record a denial in the audit log. A store that fails doesn't change the answer."""
        try:
            await self.denials.note(self.services.documents, who=who, what=what, code=code, request=request)
        except NightshiftError as error:
            event(_log, logging.WARNING, "denial not recorded", code=error.code, request_id=request)


def world_of(services: Services) -> World:
    """Return the world that the services' settings give."""
    settings = services.settings
    return World(services, modes.of_settings(settings), Rate(settings.api_rate_per_minute))
