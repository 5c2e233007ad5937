"""Links: which page of the console shows what a notification is about? None unless CONSOLE_URL says where that is.

Job health names what it looked at by its scope (``run:digest:slot``, ``queue:…:poison``, ``gate:…``).
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from shared.config import Settings


def page_of(settings: Settings, scope: str) -> str | None:
    """Return the address of the page about a scope; the overview for one that has no page of its own."""
    base = settings.console_url.rstrip("/")
    if not base.startswith(("https://", "http://")):
        return None
    sort, _, rest = scope.partition(":")
    if sort == "run" and rest:
        return f"{base}/runs?{urlencode({'name': rest.partition(':')[0]}, quote_via=quote)}"
    if sort == "queue" and rest.endswith(":poison"):
        return f"{base}/dead-letters?{urlencode({'queue': rest.removesuffix(':poison')}, quote_via=quote)}"
    return base
