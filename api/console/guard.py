"""Guard: does a change come from a page of the console itself, in the session that it was shown to?

Two proofs, both needed: what the browser says of where the request comes from, and the token of the session that its
form carries. A link or a form of another site has neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from api.problems import Problem, Stop

CROSS_SITE = Problem(
    403, "not_from_here", "This change doesn't come from a page of the console. Open the page and do it there."
)
OLD_FORM = Problem(
    403, "form_outdated", "This form belongs to an earlier session. Load the page again, then do it once more."
)


def check_origin(headers: Mapping[str, str], own_address: str) -> None:
    """Raise CROSS_SITE unless the browser says that the request comes from a page of the console's own site.

    `own_address` is the console's public one (CONSOLE_URL), for when a proxy in front has another host's name.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        raise Stop(CROSS_SITE)
    origin = headers.get("origin")
    if origin is None:
        if site is None:
            raise Stop(CROSS_SITE)
        return
    own = {_host(f"//{headers.get('host', '')}"), _host(own_address)} - {""}
    if _host(origin) not in own:
        raise Stop(CROSS_SITE)


def _host(address: str) -> str:
    """Return host and port of an address; nothing for what is no address."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""
