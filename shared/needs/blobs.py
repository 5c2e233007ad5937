"""Blob containers: is each there, and may we read, write and delete in them? Tried with a blob that nobody has."""

from __future__ import annotations

from shared.blobs.containers import CONTAINERS, WARDROBE_IMAGES
from shared.blobs.storage import Blobs
from shared.errors import Misconfigured
from shared.finding import Finding, fine, wrong
from shared.needs import commands, queues, rights
from shared.needs.place import Place
from shared.needs.rights import NOBODY, Group, Right

CHECK = "blobs"
CONTRIBUTOR = "Storage Blob Data Contributor"
_NO_VERSION = '"0x0"'


async def check(blobs: Blobs, place: Place) -> list[Finding]:
    """Return what is found. Raises Transient when the service doesn't answer."""
    found: list[Finding] = []
    there = WARDROBE_IMAGES
    for name in CONTAINERS:
        try:
            await blobs.check(name)
        except Misconfigured as error:
            if error.code != "container_missing":
                break  # the others would be refused alike, and the rights say so
            mend = f"{commands.make_container(place, name)} (or all that is missing: {commands.PROVISION})"
            found.append(wrong(CHECK, name, "there is no such container", mend))
        else:
            there = name
            found.append(fine(CHECK, name, "there"))
    return [*found, await rights.tried(_group(blobs, there), queues.mends(place, CONTRIBUTOR))]


def _group(blobs: Blobs, container: str) -> Group:
    return Group(
        CONTRIBUTOR,
        [
            Right("see containers", lambda: blobs.check(container)),
            Right("read blobs", lambda: blobs.read(container, NOBODY, limit=1)),
            Right("write blobs", lambda: blobs.write_over(container, NOBODY, b"", "text/plain", _NO_VERSION)),
            Right("delete blobs", lambda: blobs.delete(container, NOBODY)),
        ],
        untried="making a new blob, and the host's own containers",
    )
