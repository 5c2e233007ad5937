"""Connections: which storage account does a trigger's `connection` name?

The order is the host's: setting AzureWebJobsX, then X, as a connection string; else X__queueServiceUri (for blobs
X__blobServiceUri), X__serviceUri or X__accountName, reached with the developer's identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from azure.storage.queue.aio import QueueServiceClient

from devhost.app_settings import AppSettings
from devhost.errors import FunctionInError

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobServiceClient

Service = Literal["queue", "blob"]

DEFAULT_NAME = "Storage"
_PREFIX = "AzureWebJobs"

# The SDK's own waits (15 s and more) would hide an outage from the log for minutes.
_RETRY: dict[str, Any] = {"retry_total": 2, "initial_backoff": 1, "increment_base": 1, "random_jitter_range": 0}


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a connection leads. Exactly one of `text` (has a key: never shown) and `uri` is given."""

    setting: str
    text: str | None = None
    uri: str | None = None
    client_id: str | None = None


def resolve(name: str, settings: AppSettings, service: Service = "queue") -> Connection:
    """Return the connection called `name` (may hold %NAME%; empty = AzureWebJobsStorage). Raises FunctionInError."""
    name = settings.fill(name) or DEFAULT_NAME
    candidates = (_PREFIX + name, name)
    for setting in candidates:
        text = settings.get(setting)
        if text:
            return Connection(setting, text=text)
        uri = settings.get(f"{setting}__{service}ServiceUri") or settings.get(f"{setting}__serviceUri")
        account = settings.get(f"{setting}__accountName")
        if uri or account:
            uri = uri or f"https://{account}.{service}.core.windows.net"
            return Connection(setting, uri=uri, client_id=settings.get(f"{setting}__clientId"))
    wanted = candidates[1] if name.startswith(_PREFIX) else " or ".join(candidates)
    raise FunctionInError(
        f"its connection {name!r} has no value. Set {wanted} to a connection string (for Azurite: "
        f"UseDevelopmentStorage=true), or {name}__{service}ServiceUri or {name}__accountName for access by identity."
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
    return QueueServiceClient(str(connection.uri), credential=_credential(connection), **_RETRY)


def open_blobs(connection: Connection) -> BlobServiceClient:
    """Return a client of the blobs of `connection`. Raises FunctionInError."""
    from azure.storage.blob.aio import BlobServiceClient  # imported here: apps without timers don't need it

    if connection.text is not None:
        try:
            client = BlobServiceClient.from_connection_string(connection.text, **_RETRY)
            if is_local(client.url):
                client = BlobServiceClient.from_connection_string(connection.text, use_env_settings=False, **_RETRY)
            return client
        except ValueError as error:
            raise FunctionInError(f"setting {connection.setting} isn't a connection string: {error}") from None
    return BlobServiceClient(str(connection.uri), credential=_credential(connection), **_RETRY)


def _credential(connection: Connection) -> Any:
    from azure.identity.aio import DefaultAzureCredential  # imported here: half a second that Azurite doesn't need

    return DefaultAzureCredential(managed_identity_client_id=connection.client_id)


def is_local(url: str) -> bool:
    """Say whether `url` is on this machine, as Azurite's is."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1", "azurite", "host.docker.internal")
