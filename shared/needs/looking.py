"""Looking: everything that Azure has to have, asked once. Who doesn't answer is found away, not lacking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.cosmos import CosmosDocuments
from shared.errors import NightshiftError, Transient
from shared.finding import Finding, failed, fine, wrong
from shared.needs import blobs as of_blobs
from shared.needs import commands, surroundings
from shared.needs import documents as of_documents
from shared.needs import queues as of_queues
from shared.needs.place import Place, Who, place_of, who_of
from shared.queues.storage import StorageQueues

AWAY = "away"
"""The code of a finding that says that nobody answered."""
_SCOPE = "https://storage.azure.com/.default"


async def look(
    settings: Settings,
    environment: Mapping[str, str],
    queues: StorageQueues,
    blobs: Blobs,
    documents: object,
) -> list[Finding]:
    """Return what is found of identity, settings, zones, queues, blobs and documents. Nothing is changed.

    Without a token nothing is asked of the services, which is told of each.
    """
    who, found = (None, []) if settings.storage else await _identity(place_of(settings, environment))
    place = place_of(settings, environment, who)
    found += surroundings.check(settings, environment, place)
    if any(one.code == AWAY for one in found):
        return found + [_not_asked(service) for service in ("queues", "blobs", "store")]
    found += await asked("queues", lambda: of_queues.check(settings, queues, place))
    found += await asked("blobs", lambda: of_blobs.check(blobs, place))
    if isinstance(documents, CosmosDocuments):
        found += await asked("store", lambda: of_documents.check(documents, place))
    else:
        mend = f"{commands.set_setting(place, 'DOCUMENTS', 'cosmos')}; in this shell: export DOCUMENTS=cosmos"
        found.append(wrong("store", "DOCUMENTS", f"{settings.documents}: Azure needs cosmos", mend))
    return found


async def asked(service: str, question: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    """Return what a question finds; that nobody answers it is a finding too."""
    try:
        return await question()
    except Transient as error:
        found = f"{error} Nothing is known of it"
        return [wrong(service, "service", found, "Try again; is its address right, and within reach?", code=AWAY)]
    except NightshiftError as error:
        return [failed(service, "service", error)]


def _not_asked(service: str) -> Finding:
    return Finding(service, "service", "warning", "not asked: without a token it would refuse", code=AWAY)


async def _identity(place: Place) -> tuple[Who | None, list[Finding]]:
    """Return whom the services know us as. Asking for a token shows which credential is found, if any."""
    from azure.core.exceptions import AzureError
    from azure.identity.aio import DefaultAzureCredential

    credential: Any = DefaultAzureCredential()
    try:
        token = await credential.get_token(_SCOPE)
    except AzureError as error:
        found = f"no credential gives a token: {str(error).splitlines()[0]}"
        mend = f"{commands.LOGIN}; in Azure: {commands.set_setting(place, 'AZURE_CLIENT_ID', 'CLIENT_ID')}"
        return None, [wrong("identity", "token", found, mend, code=AWAY)]
    finally:
        await credential.close()
    who = who_of(token.token)
    return who, [fine("identity", "token", f"{who.type} {who.id}" if who else "given")]
