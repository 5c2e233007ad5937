"""Address of a queue that may add messages to it and nothing else, until an instant: a shared access signature.

With a connection string it is signed by the account's key. With an identity it is signed by a user delegation key,
which the identity asks the service for: it lives seven days at most, and lets nobody do more than the identity may.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable

from azure.storage.queue import QueueSasPermissions, generate_queue_sas
from azure.storage.queue.aio import QueueServiceClient

from shared import clock
from shared.errors import Misconfigured

LONGEST = timedelta(days=7)
"""The longest life of a user delegation key; the same for all, so that an address works alike everywhere."""
_SKEW = timedelta(minutes=15)
"""A key is valid from so long ago: the service's clock may be behind ours."""


@dataclass(frozen=True, slots=True)
class AddOnly:
    """Such an address: of the queue, as SDKs take it (`url`), and of its messages, to which one POSTs."""

    queue: str
    url: str
    messages_url: str
    until: datetime
    signed_by: Literal["key", "identity"]


@runtime_checkable
class GivesAddOnly(Protocol):
    """Queues that have an address outside."""

    async def add_only(self, queue: str, until: datetime) -> AddOnly:
        """Return an address that may only add messages to `queue` until then. Raises Misconfigured or Unavailable."""
        ...


async def signed(service: QueueServiceClient, queue: str, until: datetime, *, by_identity: bool) -> AddOnly:
    """Return the address of a queue of an account. Raises Misconfigured when there is nothing to sign with."""
    by: dict[str, Any]
    if by_identity:
        by = {"user_delegation_key": await service.get_user_delegation_key(start=clock.now() - _SKEW, expiry=until)}
    else:
        key = getattr(service.credential, "account_key", None)
        if not key:
            raise Misconfigured(
                "AzureWebJobsStorage has no AccountKey, so nothing can be signed with it.",
                code="setting_invalid",
                dependency="queue",
            )
        by = {"account_key": key}
    url = str(service.url).split("?")[0].rstrip("/")
    if url.startswith("https:"):
        by["protocol"] = "https"
    sas = generate_queue_sas(
        str(service.account_name), queue, permission=QueueSasPermissions(add=True), expiry=until, **by
    )
    address = f"{url}/{queue}"
    signer: Literal["key", "identity"] = "identity" if by_identity else "key"
    return AddOnly(queue, f"{address}?{sas}", f"{address}/messages?{sas}", until, signer)
