"""Keys: are they off? Asked with a key that is none: a service whose keys are off says that, not that it is wrong.

For an operator's doctor only: at each start of an instance it would look like an attack.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable

from azure.storage.queue.aio import QueueServiceClient

from shared.config import Settings
from shared.documents.cosmos_account import Account
from shared.errors import NightshiftError
from shared.finding import Finding, fine
from shared.needs import commands, refusals
from shared.needs.place import Place
from shared.queues.storage import StorageQueues

CHECK = "keys"
NO_KEY = base64.b64encode(bytes(64)).decode()


async def check(settings: Settings, place: Place) -> list[Finding]:
    """Return what is found of the accounts that settings name by their addresses alone."""
    found: list[Finding] = []
    if not settings.storage:
        uri = settings.queue_service_uri or f"https://{place.storage}.queue.core.windows.net"
        credential = {"account_name": place.storage, "account_key": NO_KEY}
        queues = StorageQueues(QueueServiceClient(uri, credential=credential, retry_total=0))
        mend = commands.refuse_keys_of_storage(place)
        found.append(await _judged("storage account", lambda: queues.depth(settings.taste_queue), queues.close, mend))
    if settings.documents == "cosmos" and not settings.cosmos_key:
        account = Account(settings.cosmos_endpoint, NO_KEY, settings.cosmos_database)
        mend = commands.refuse_keys_of_cosmos(place)
        found.append(await _judged("Cosmos DB account", account.consistency, account.close, mend))
    return found


async def _judged(
    name: str, ask: Callable[[], Awaitable[object]], close: Callable[[], Awaitable[None]], mend: str
) -> Finding:
    try:
        await ask()
    except NightshiftError as error:
        refusal = refusals.read(error)
        if refusal is None or refusal.why == "network":
            return Finding(CHECK, name, "warning", f"not known whether they are off: {error}")
        if refusal.why == "keys are off":
            return fine(CHECK, name, f"off ({refusal.word})")
    finally:
        await close()
    return Finding(CHECK, name, "warning", "they seem to be on: whoever has one may do everything", mend)
