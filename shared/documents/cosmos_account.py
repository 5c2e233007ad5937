"""Cosmos DB account: how is it reached, and what must be there?

The client is opened at the first use, so that an instance made at import costs nothing, and opened anew when that
failed. Opening it looks at the account's consistency: the app is made for Strong (a reader sees every acknowledged
write), so anything else is said once, and not refused.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosResourceExistsError, CosmosResourceNotFoundError

from shared import telemetry
from shared.documents import cosmos_index
from shared.documents.containers import CONTAINERS, Container
from shared.documents.cosmos_errors import classed
from shared.errors import Misconfigured, Unavailable
from shared.web.loopback import is_loopback

STRONG = "Strong"
CONNECT_SECONDS = 5
READ_SECONDS = 30
THROTTLE_RETRIES = 3
THROTTLE_SECONDS = 10
"""The SDK waits out a throttling as it is told, so often and so long in all; then the message is deferred."""
_ALLOWS_TTL = -1
"""A container's default TTL that lets documents expire only by their own."""

_log = logging.getLogger("nightshift.documents")


class Account:
    """The database `database` of the account at `endpoint`, by `key`, or by the app's own identity without one.

    Raises Misconfigured when `endpoint` or `key` can't be one.
    """

    def __init__(self, endpoint: str, key: str, database: str) -> None:
        _check(endpoint, key)
        self.endpoint, self.database = endpoint, database
        self._key = key
        self._client: CosmosClient | None = None
        self._credential: Any = None
        self._containers: dict[str, ContainerProxy] = {}
        self._opening = asyncio.Lock()
        self._is_closed = False

    async def container(self, container: Container) -> ContainerProxy:
        """Return the client of `container`. Raises Unavailable and Misconfigured."""
        proxy = self._containers.get(container.name)
        if proxy is None:
            client = await self._opened()
            proxy = client.get_database_client(self.database).get_container_client(container.name)
            self._containers[container.name] = proxy
        return proxy

    async def consistency(self) -> str:
        """Return the account's default consistency level, such as ``Strong``. Raises Unavailable and Misconfigured."""
        client = await self._opened()
        try:
            return await _consistency(client)
        except AzureError as error:
            raise classed(error, self.endpoint) from error

    async def missing(self) -> list[str]:
        """Return what the table of containers asks for and the database doesn't have: one sentence each."""
        there = await self._there()
        if there is None:
            return [f"There is no database {self.database!r}."]
        return [flaw for container in CONTAINERS if (flaw := _flaw(container, there.get(container.name)))]

    async def unindexed(self) -> list[str]:
        """Return what queries name and the containers that are there don't index: one sentence each."""
        there = await self._there() or {}
        return [
            f"Container {container.name!r} doesn't index {', '.join(lacking)}."
            for container in CONTAINERS
            if container.name in there
            and (lacking := cosmos_index.missing(container, there[container.name].get("indexingPolicy", {})))
        ]

    async def create_missing(self) -> list[tuple[str, bool]]:
        """Create the database and each container of the table that isn't there; return (name, created) of each.

        Raises Misconfigured when this identity may not: only a key may, or whoever deploys the infrastructure.
        """
        client = await self._opened()
        made: list[tuple[str, bool]] = []
        try:
            made.append((self.database, await _is_new(client.create_database(self.database))))
            database = client.get_database_client(self.database)
            for container in CONTAINERS:
                creating = database.create_container(
                    container.name,
                    PartitionKey(path=f"/{container.partition_key}"),
                    indexing_policy=cosmos_index.policy(container),
                    default_ttl=_ALLOWS_TTL if container.expires else None,
                )
                made.append((container.name, await _is_new(creating)))
        except AzureError as error:
            raise _unless_forbidden(classed(error, f"database {self.database!r}")) from error
        return made

    async def close(self) -> None:
        """Give the connections back. A call made later raises Unavailable."""
        self._is_closed = True
        client, self._client = self._client, None
        self._containers.clear()
        if client is not None:
            await client.close()
        if self._credential is not None:
            await self._credential.close()
            self._credential = None

    async def _there(self) -> dict[str, dict[str, Any]] | None:
        """Return what the database says of its containers, by name; None when there is no database."""
        client = await self._opened()
        try:
            found = client.get_database_client(self.database).list_containers()
            return {properties["id"]: properties async for properties in found}
        except CosmosResourceNotFoundError:
            return None
        except AzureError as error:
            raise classed(error, f"database {self.database!r}") from error

    async def _opened(self) -> CosmosClient:
        if self._is_closed:
            raise Unavailable("The document store is closed.", code="store_closed", dependency="store")
        async with self._opening:
            if self._client is None:
                self._client = await self._open()
            return self._client

    async def _open(self) -> CosmosClient:
        client = CosmosClient(
            self.endpoint,
            self._key or self._identity(),
            # A server on this machine names an address in its account document that nobody listens at.
            enable_endpoint_discovery=not is_loopback(self.endpoint),
            enable_compact_utf8_item_writes=True,
            connection_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retry_connect=1,
            retry_read=1,
            retry_throttle_total=THROTTLE_RETRIES,
            retry_throttle_backoff_max=THROTTLE_SECONDS,
        )
        try:
            await client.__aenter__()
            consistency = await _consistency(client)
        except BaseException as error:
            await client.close()
            if isinstance(error, AzureError):
                raise classed(error, self.endpoint) from error
            raise
        if consistency != STRONG:
            telemetry.event(
                _log,
                logging.WARNING,
                "store_not_strong",
                consistency=consistency,
                endpoint=self.endpoint,
                wanted=STRONG,
            )
        return client

    def _identity(self) -> Any:
        if self._credential is None:
            from azure.identity.aio import DefaultAzureCredential

            self._credential = DefaultAzureCredential()
        return self._credential


def _check(endpoint: str, key: str) -> None:
    url = urlsplit(endpoint)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise Misconfigured(
            f"Setting COSMOS_ENDPOINT is {endpoint!r}; it takes the account's address, such as "
            "https://ACCOUNT.documents.azure.com:443/.",
            code="setting_invalid",
            dependency="store",
        )
    try:
        base64.b64decode(key, validate=True)
    except binascii.Error:
        raise Misconfigured(
            "Setting COSMOS_KEY isn't a key of Cosmos DB. Copy one from the account's page 'Keys', or remove the "
            "setting to use the app's own identity.",
            code="setting_invalid",
            dependency="store",
        ) from None


async def _consistency(client: CosmosClient) -> str:
    account = await client._get_database_account()  # the SDK has no public name for it
    return str((account.ConsistencyPolicy or {}).get("defaultConsistencyLevel", "unknown"))


async def _is_new(creating: Any) -> bool:
    try:
        await creating
    except CosmosResourceExistsError:
        return False
    return True


def _flaw(container: Container, properties: dict[str, Any] | None) -> str | None:
    if properties is None:
        return f"There is no container {container.name!r}."
    wanted, found = [f"/{container.partition_key}"], properties.get("partitionKey", {}).get("paths")
    if found != wanted:
        return f"Container {container.name!r} is partitioned by {found} instead of {wanted}; it must be made anew."
    if container.expires and properties.get("defaultTtl") is None:
        return f"Container {container.name!r} has no default TTL; set it to -1, or its documents never expire."
    return None


def _unless_forbidden(error: Exception) -> Exception:
    if isinstance(error, Misconfigured):
        return Misconfigured(
            f"{error} To create databases and containers takes a key; else whoever deploys the infrastructure does it.",
            code=error.code,
            dependency="store",
        )
    return error
