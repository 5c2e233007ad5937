"""Which storage account does a trigger's `connection` name?

The order is the host's: setting AzureWebJobsX, then X, as a connection string; else X__queueServiceUri,
X__serviceUri or X__accountName, reached with the developer's identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from azure.storage.queue.aio import QueueServiceClient

from devhost.app_settings import AppSettings
from devhost.errors import FunctionInError

DEFAULT_NAME = "Storage"
_PREFIX = "AzureWebJobs"

# The SDK's own waits (15 s and more) would hide an outage from the log for minutes.
_RETRY: dict[str, Any] = {"retry_total": 2, "initial_backoff": 1, "increment_base": 1, "random_jitter_range": 0}


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the queues of a connection are. Exactly one of `text` (has a key: never shown) and `uri` is given."""

    setting: str
    text: str | None = None
    uri: str | None = None
    client_id: str | None = None


def resolve(name: str, settings: AppSettings) -> Connection:
    """Return the connection called `name` (may hold %NAME%; empty = AzureWebJobsStorage). Raises FunctionInError."""
    name = settings.fill(name) or DEFAULT_NAME
    candidates = (_PREFIX + name, name)
    for setting in candidates:
        text = settings.get(setting)
        if text:
            return Connection(setting, text=text)
        uri = settings.get(f"{setting}__queueServiceUri") or settings.get(f"{setting}__serviceUri")
        account = settings.get(f"{setting}__accountName")
        if uri or account:
            uri = uri or f"https://{account}.queue.core.windows.net"
            return Connection(setting, uri=uri, client_id=settings.get(f"{setting}__clientId"))
    wanted = candidates[1] if name.startswith(_PREFIX) else " or ".join(candidates)
    raise FunctionInError(
        f"its connection {name!r} has no value. Set {wanted} to a connection string (for Azurite: "
        f"UseDevelopmentStorage=true), or {name}__queueServiceUri or {name}__accountName for access by identity."
    )


def open_queues(connection: Connection) -> QueueServiceClient:
    """Return a client with one HTTP session for all queues of `connection`. Raises FunctionInError."""
    if connection.text is not None:
        try:
            client = QueueServiceClient.from_connection_string(connection.text, **_RETRY)
            if is_local(client.url):
                # No proxy leads to this machine, and aiohttp looks for proxies and .netrc at each request.
                client = QueueServiceClient.from_connection_string(connection.text, use_env_settings=False, **_RETRY)
            return client
        except ValueError as error:
            raise FunctionInError(f"setting {connection.setting} isn't a connection string: {error}") from None
    from azure.identity.aio import DefaultAzureCredential  # imported here: half a second that Azurite doesn't need

    credential = DefaultAzureCredential(managed_identity_client_id=connection.client_id)
    return QueueServiceClient(str(connection.uri), credential=credential, **_RETRY)


def is_local(url: str) -> bool:
    """Say whether `url` is on this machine, as Azurite's is."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1", "azurite", "host.docker.internal")
