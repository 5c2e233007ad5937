"""The document store: whether it is there, with all its containers, and consistent."""

from __future__ import annotations

from collections.abc import AsyncIterator

from shared.config import Settings
from shared.errors import NightshiftError
from shared.finding import Finding, failed, fine, wrong

CHECK = "store"


async def check(settings: Settings) -> AsyncIterator[Finding]:
    """Yield what is found of the store that the settings name."""
    try:
        async for finding in _cosmos(settings) if settings.documents == "cosmos" else _sqlite(settings):
            yield finding
    except NightshiftError as error:
        yield failed(CHECK, settings.documents, error)
    except OSError as error:
        found = f"{settings.home_folder} can't be made: {error.strerror}"
        yield wrong(CHECK, settings.documents, found, "Set NIGHTSHIFT_HOME to another folder.")


async def _sqlite(settings: Settings) -> AsyncIterator[Finding]:
    from shared.documents.containers import CONTAINERS
    from shared.services import open_documents

    documents = open_documents(settings)
    try:
        counts = {container.name: await documents.count(container) for container in CONTAINERS}
    finally:
        await documents.close()
    yield fine(CHECK, "sqlite", str(settings.home_folder / settings.sqlite))
    yield fine("containers", "all", ", ".join(f"{name} {count}" for name, count in counts.items()))
    if settings.sqlite == ":memory:":
        mend = "Name a file in NIGHTSHIFT_SQLITE."
        yield Finding(CHECK, "sqlite", "warning", ":memory: is each process's own, and forgotten at its end", mend)


async def _cosmos(settings: Settings) -> AsyncIterator[Finding]:
    from shared.documents.cosmos_account import STRONG
    from shared.services import open_cosmos

    documents = open_cosmos(settings)
    try:
        consistency = await documents.account.consistency()
        yield fine(CHECK, "cosmos", f"{settings.cosmos_endpoint}, database {settings.cosmos_database}")
        if consistency == STRONG:
            yield fine("consistency", "account", consistency)
        else:
            found = f"{consistency}: a reader may miss what another worker has just written"
            yield Finding("consistency", "account", "warning", found, f"Set the account's default to {STRONG}.")
        flaws = await documents.account.missing()
        unindexed = await documents.account.unindexed()
    finally:
        await documents.close()
    for flaw in flaws:
        yield wrong("containers", settings.cosmos_database, flaw, code="store_missing")
    if not flaws:
        yield fine("containers", settings.cosmos_database, "all there")
    mend = "Deploy the infrastructure again: queries scan for these, and can't sort by them."
    for found in unindexed:
        yield Finding("indexes", settings.cosmos_database, "warning", found, mend)
