"""Queues: is each there with its poison queue, and may we use them?

Nothing is sent, since a worker would take it for a job; what changes a message is tried on one that nobody has.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

from shared import clock
from shared.config import Settings
from shared.errors import Misconfigured
from shared.finding import Finding, fine, wrong
from shared.needs import commands, rights
from shared.needs.place import Place
from shared.needs.rights import NOBODY, Group, Mends, Right
from shared.queues.port import Delivery
from shared.queues.storage import StorageQueues

CHECK = "queues"
CONTRIBUTOR, DELEGATOR = "Storage Queue Data Contributor", "Storage Queue Delegator"
_A_WHILE = timedelta(minutes=1)


def names(settings: Settings) -> list[str]:
    """Return every queue that the settings name, each with its poison queue."""
    named = [str(getattr(settings, one.name)) for one in fields(Settings) if one.metadata["queue"]]
    return [name + ending for name in named for ending in ("", "-poison")]


async def check(settings: Settings, queues: StorageQueues, place: Place) -> list[Finding]:
    """Return what is found. Raises Unavailable when the service doesn't answer."""
    depths: dict[str, int | None] = {}
    for name in names(settings):
        try:
            depths[name] = await queues.depth(name)
        except Misconfigured:
            break  # the others would be refused alike, and the rights say so
    found = [_there(name, depth, place) for name, depth in depths.items()]
    asked = next((name for name, depth in depths.items() if depth is not None), settings.taste_queue)
    return [
        *found,
        *[await rights.tried(group, mends(place, group.role)) for group in _groups(settings, queues, asked)],
    ]


def mends(place: Place, role: str = CONTRIBUTOR) -> Mends:
    """Return what to do when the storage account refuses us what a role gives."""
    return Mends(
        role=lambda _: commands.assign(place, role),
        network=commands.let_in_to_storage(place),
        credential=f"{commands.LOGIN}; in Azure: {commands.set_setting(place, 'AZURE_CLIENT_ID', 'CLIENT_ID')}",
        keys=f"Use the identity: {commands.delete_setting(place, 'AzureWebJobsStorage')}",
    )


def _there(name: str, depth: int | None, place: Place) -> Finding:
    if depth is None:
        mend = f"{commands.make_queue(place, name)} (or all that is missing: {commands.PROVISION})"
        return wrong(CHECK, name, "missing: a trigger doesn't create it", mend)
    return fine(CHECK, name, f"{depth} messages")


def _groups(settings: Settings, queues: StorageQueues, queue: str) -> list[Group]:
    message = Delivery(queue, b"", NOBODY, NOBODY, 1, clock.now())
    contributor = Group(
        CONTRIBUTOR,
        [
            Right("count messages", lambda: queues.depth(queue)),
            Right("look at messages", lambda: queues.oldest(queue)),
            Right("change messages", lambda: queues.postpone(message, timedelta())),
        ],
        untried="sending, taking and deleting messages, which a worker would notice",
    )
    if settings.storage:
        return [contributor]
    delegator = Right("get a key to sign with", lambda: queues.add_only(queue, clock.now() + _A_WHILE))
    return [contributor, Group(DELEGATOR, [delegator])]
