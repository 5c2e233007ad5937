"""Storage: whether the local one answers, and creating what must be there before the first message."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from operations.actor import Actor
from operations.answers import Page, page
from shared.config import Settings
from shared.errors import Refused
from shared.services import Services, open_cosmos

_CONNECT_SECONDS = 2.0
_DEFAULTS = {"BlobEndpoint": ("127.0.0.1", 10000), "QueueEndpoint": ("127.0.0.1", 10001)}
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Made:
    """Something that must be there, and whether it was created now."""

    what: Literal["queue", "container", "database"]
    name: str
    created: bool


async def prepare(services: Services, by: Actor) -> Page[Made]:
    """Create the queues and blob containers that the app works with. Doing it again changes nothing."""
    from processors.catalogue import registry
    from shared.blobs.containers import CONTAINERS

    by.require("admin")
    made = []
    for kind in registry(services.settings):
        for queue in (kind.queue, kind.poison_queue):
            made.append(Made("queue", queue, await services.queues.ensure(queue)))
    for container in CONTAINERS:
        made.append(Made("container", container, await services.blobs.ensure(container)))
    return page(made)


async def prepare_store(settings: Settings, by: Actor) -> Page[Made]:
    """Create the database and the containers in Cosmos DB that aren't there; SQLite needs nothing.

    It takes the account's key, or an identity that may; else whoever deploys the infrastructure does it.
    """
    by.require("admin")
    if settings.documents != "cosmos":
        return page(())
    documents = open_cosmos(settings)
    try:
        (database, is_new), *containers = await documents.account.create_missing()
    finally:
        await documents.close()
    return page([Made("database", database, is_new), *(Made("container", *container) for container in containers)])


def require_local(settings: Settings) -> None:
    """Raise Refused when the settings name a storage on this machine that doesn't answer.

    Asked before its clients are: they would retry for half a minute to say no.
    """
    silent = silent_address(settings.storage)
    if silent is not None:
        raise Refused(
            f"Azurite, the local storage, doesn't answer at {silent}.", code="azurite_silent", dependency="queue"
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
