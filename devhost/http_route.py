"""Route of an HTTP trigger: what does devhost serve, and what does it refuse?

A catch-all route, as an app has that routes by itself (ASGI), for everyone (auth level ANONYMOUS). Below /admin and
/runtime all is the host's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from devhost.errors import FunctionInError
from devhost.indexing import IndexedFunction

_CATCH_ALL = re.compile(r"/?\{\*([A-Za-z_][A-Za-z0-9_]*)\}")
_RESERVED = frozenset(("admin", "runtime"))


@dataclass(frozen=True, slots=True)
class Route:
    """Everything below `prefix` (host.json's routePrefix, without slashes), by one of `methods` (None: any).

    `parameter` gets the path below the prefix. `homepage`: the path ``/`` is the host's own page.
    """

    prefix: str
    parameter: str
    methods: tuple[str, ...] | None
    homepage: bool

    def at(self, address: str) -> str:
        """Return methods and URL, with the server at `address`, as `func start` shows them."""
        methods = f"[{','.join(self.methods)}] " if self.methods is not None else ""
        prefix = f"{self.prefix}/" if self.prefix else ""
        return f"{methods}{address}/{prefix}{{*{self.parameter}}}"

    def takes(self, path: str) -> bool:
        """Say whether a request of `path` (decoded) is the app's, and not the host's own."""
        if is_reserved(path) or (path == "/" and self.homepage):
            return False
        return not self.prefix or _starts_with(path, self.prefix)

    def values(self, path: str) -> dict[str, str]:
        """Return the route's values for a `path` that it takes."""
        rest = path[len(self.prefix) + 1 :].removeprefix("/") if self.prefix else path[1:]
        return {self.parameter: rest} if rest else {}


def is_reserved(path: str) -> bool:
    """Say whether `path` is below what the host keeps for itself."""
    return any(_starts_with(path, segment) for segment in _RESERVED)


def parse(function: IndexedFunction, prefix: str, homepage: bool) -> Route:
    """Return the route of an HTTP `function`. Raises FunctionInError, with the remedy."""
    trigger = function.trigger
    template = str(trigger.get("route") or function.name)
    match = _CATCH_ALL.fullmatch(template)
    if match is None:
        raise FunctionInError(
            f"its route is {template!r}, and devhost serves a catch-all only. Write "
            '@app.route(route="{*route}") and route inside the app, as azure.functions.AsgiMiddleware does'
        )
    level = str(trigger.get("authLevel", "FUNCTION")).upper()
    if level != "ANONYMOUS":
        raise FunctionInError(
            f"its auth level is {level}, and devhost has no keys. Write auth_level=func.AuthLevel.ANONYMOUS and let "
            "the app check who calls"
        )
    if trigger["name"] in function.signature.plain:
        raise FunctionInError(
            f"its {trigger['name']} is annotated as text or bytes. Take an azure.functions.HttpRequest"
        )
    methods = trigger.get("methods")
    return Route(prefix, match.group(1), None if methods is None else tuple(str(m) for m in methods), homepage)


def _starts_with(path: str, segments: str) -> bool:
    start, folded = f"/{segments}".casefold(), path.casefold()
    return folded == start or folded.startswith(f"{start}/")
