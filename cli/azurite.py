"""Is the local storage there? Asked before its clients are: they would retry for half a minute to say no."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from cli.errors import Failed
from shared.config import Settings

_CONNECT_SECONDS = 2.0
_DEFAULTS = {"BlobEndpoint": ("127.0.0.1", 10000), "QueueEndpoint": ("127.0.0.1", 10001)}
_LOCAL = ("127.0.0.1", "localhost", "::1")


def require(settings: Settings) -> None:
    """Raise Failed when the settings name a storage on this machine that doesn't answer."""
    silent = silent_address(settings.storage)
    if silent is not None:
        raise Failed(
            f"Azurite, the local storage, doesn't answer at {silent}. Start it: ./scripts/start (or, alone, "
            "./scripts/azurite). Or correct AzureWebJobsStorage in local.settings.json.",
            code="azurite_silent",
            dependency="queue",
        )


def silent_address(connection: str) -> str | None:
    """Return the first address of a local storage in `connection` that doesn't answer; None when all do."""
    for host, port in _local_addresses(connection):
        try:
            socket.create_connection((host, port), _CONNECT_SECONDS).close()
        except OSError:
            return f"{host}:{port}"
    return None


def _local_addresses(connection: str) -> list[tuple[str, int]]:
    parts = dict(part.split("=", 1) for part in connection.split(";") if "=" in part)
    if parts.get("UseDevelopmentStorage", "").lower() == "true":
        return list(_DEFAULTS.values())
    found = []
    for name in _DEFAULTS:
        url = urlsplit(parts.get(name, ""))
        if url.hostname in _LOCAL and url.port is not None:
            found.append((url.hostname, url.port))
    return found
