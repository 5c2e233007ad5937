"""Services of a process: the stores, queues and clients that it works with.

The settings, the document store, the queues and the blobs, opened once per process at first use; what only some jobs
need (the fetchers, other accounts' blobs, the model, the embedder) when it is first asked for. Tests and the
simulation make their own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from shared.config import Settings, settings
from shared.errors import Misconfigured
from shared.telemetry import signals

if TYPE_CHECKING:
    from shared.blobs.accounts import BlobAccounts
    from shared.blobs.storage import Blobs
    from shared.documents.cosmos import CosmosDocuments
    from shared.documents.port import Documents
    from shared.models.embeddings import Embedder
    from shared.models.model import Model
    from shared.queues.port import Queues
    from shared.queues.storage import StorageQueues
    from shared.web.fetch import Fetcher


class Closable(Protocol):
    """What is open, and can be closed."""

    async def close(self) -> None:
        """Give its connections back."""
        ...


_T = TypeVar("_T", bound=Closable)


@dataclass(frozen=True)  # no slots: a cached property keeps its value beside the members
class Services:
    """What handlers and operators work with. A cached property is opened when it is first asked for."""

    settings: Settings
    documents: Documents
    queues: Queues
    blobs: Blobs
    _of_workloads: dict[Callable[[Services], Closable], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def fetcher(self) -> Fetcher:
        """What fetches from addresses that strangers gave."""
        from shared.web.fetch import Fetcher

        return Fetcher(self.settings.fetch_allowed_local)

    @cached_property
    def blob_accounts(self) -> BlobAccounts:
        """The other storage accounts whose pictures the app reads with its own identity."""
        from shared.blobs.accounts import BlobAccounts

        return BlobAccounts(self.settings.image_blob_accounts, self.blobs)

    @cached_property
    def model(self) -> Model:
        """The language model, which analysers, the mood extractor and the digest's suggester ask."""
        from shared.models.model import Model

        return Model(self.settings, self.documents)

    @cached_property
    def embedder(self) -> Embedder:
        """What makes vectors of texts."""
        from shared.models.embeddings import open_embedder

        return open_embedder(self.settings, self.documents)

    def opened_once(self, open: Callable[[Services], _T]) -> _T:
        """Return what `open` opens, which one workload alone needs: opened when first asked for, closed with the rest.

        `open` names it: the same function is called once per process.
        """
        if open not in self._of_workloads:
            self._of_workloads[open] = open(self)
        found: _T = self._of_workloads[open]
        return found

    async def close(self) -> None:
        """Give every connection back, the last one opened first: it may use those before it. Workloads' come first.

        One that can't be closed keeps none of the others open; its error is raised in the end.
        """
        kept = vars(self)
        opened = [name for name in kept if isinstance(getattr(Services, name, None), cached_property)]
        async with AsyncExitStack() as closing:
            late = [kept.pop(name) for name in opened]
            for one in (self.documents, self.blobs, self.queues, *late, *self._of_workloads.values()):
                closing.push_async_callback(one.close)
            self._of_workloads.clear()


def open_services(of: Settings | None = None) -> Services:
    """Open everything that the settings (default: the process's) name. Raises Misconfigured with the remedy."""
    of = of or settings()
    return Services(of, _observed(of, open_documents(of)), open_queues(of), open_blobs(of))


def _observed(of: Settings, documents: Documents) -> Documents:
    """Return the documents, with each call told of when the process's telemetry is on."""
    if not signals.current().is_on:
        return documents
    from shared.documents.observed import ObservedDocuments

    return ObservedDocuments(documents, "azure.cosmosdb" if of.documents == "cosmos" else "sqlite")


def open_documents(of: Settings) -> Documents:
    """Open the document store that DOCUMENTS names. Raises Misconfigured with the remedy."""
    if of.documents == "cosmos":
        return open_cosmos(of)
    from shared.documents.sqlite import SqliteDocuments

    if of.sqlite == ":memory:":
        return SqliteDocuments(":memory:")
    of.home_folder.mkdir(parents=True, exist_ok=True)
    return SqliteDocuments(of.home_folder / of.sqlite)


def open_cosmos(of: Settings) -> CosmosDocuments:
    """Open the store in Cosmos DB. Raises Misconfigured with the remedy."""
    from shared.documents.cosmos import CosmosDocuments
    from shared.documents.cosmos_account import Account

    if not of.cosmos_endpoint:
        raise Misconfigured(
            "DOCUMENTS is cosmos, but COSMOS_ENDPOINT isn't set. Set it to the account's address, such as "
            "https://ACCOUNT.documents.azure.com:443/, or on a laptop set DOCUMENTS=sqlite.",
            code="setting_missing",
            dependency="store",
        )
    return CosmosDocuments(Account(of.cosmos_endpoint, of.cosmos_key, of.cosmos_database))


def open_queues(of: Settings) -> StorageQueues:
    """Open the queues of the storage account."""
    from shared.queues.storage import StorageQueues

    if of.storage:
        return StorageQueues.from_connection_string(of.storage)
    return StorageQueues.from_uri(_uri(of, of.queue_service_uri, "queue"))


def open_blobs(of: Settings) -> Blobs:
    """Open the blobs of the storage account."""
    from shared.blobs.storage import Blobs

    if of.storage:
        return Blobs.from_connection_string(of.storage)
    return Blobs.from_uri(_uri(of, of.blob_service_uri, "blob"))


def _uri(of: Settings, uri: str, service: str) -> str:
    if not uri and not of.storage_account:
        raise Misconfigured(
            "AzureWebJobsStorage isn't set. On a laptop copy local.settings.sample.json to local.settings.json (it "
            "names Azurite); in Azure set AzureWebJobsStorage__accountName.",
            code="setting_missing",
        )
    return uri or f"https://{of.storage_account}.{service}.core.windows.net"
