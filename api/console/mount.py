"""Mount: the console as a part of the HTTP API, built at the first request for one of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from api.world import World


class Mount:
    """The console's app, which its first request loads."""

    def __init__(self, world: World | None) -> None:
        self._world = world
        self._site: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if self._site is None:
            from api.console.site import Site

            assert self._world is not None, "routes without a world answer nobody"
            self._site = Site(self._world)
        await self._site(scope, receive, send)
