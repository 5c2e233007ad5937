"""Ping: lets a monitor elsewhere know that the watch lives. Its address is a secret: no log says more than its host."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from shared.errors import Misconfigured, NightshiftError
from shared.services import Services
from shared.web import addresses
from shared.web.exchange import Validators, Wanted

_log = logging.getLogger("nightshift.health")
_ANYTHING = frozenset({"text/", "application/"})
_MAX_BYTES = 65_536
_SECONDS = 10.0
_NOTHING = "content_empty"


async def ping(services: Services) -> bool:
    """Ask the address that HEALTH_PING_URL names; return whether it answered. What fails is only logged."""
    url = services.settings.health_ping_url
    if not url:
        return False
    host = urlsplit(url).hostname or "nowhere"

    async def allowed(asked: str) -> None:
        _check_host(asked, services.settings.notify_allowed_hosts, services.settings.fetch_allowed_local)

    wanted = Wanted(_ANYTHING, _MAX_BYTES, total_seconds=_SECONDS)
    try:
        await services.fetcher.get_if_changed(url, wanted, Validators(), before=allowed)
    except NightshiftError as error:
        if error.code == _NOTHING:
            return True  # it has answered, though with nothing
        _log.warning("the monitor at %s can't be told that the watch lives: %s", host, error.code)
        return False
    return True


def _check_host(url: str, allowed_hosts: str, allowed_local: str) -> None:
    host = (urlsplit(url).hostname or "").lower()
    if host in addresses.entries(allowed_hosts.lower()) or addresses.AllowedLocal(allowed_local).covers(url):
        return
    raise Misconfigured(
        "HEALTH_PING_URL leads to a host that NOTIFY_ALLOWED_HOSTS doesn't name.", code="host_not_allowed"
    )
