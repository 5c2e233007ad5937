"""Which users are there, page by page, in memory that doesn't grow with them?

A user is whoever owns an item or has a document in userProfiles. The stores can't list distinct partitions, nor go on
with a sorted query over all of them, so ids are streamed and parted by their hash: one part at a time is held.
"""

from __future__ import annotations

import zlib
from heapq import nsmallest

from shared.documents.containers import USER_PROFILES, WARDROBE
from shared.documents.port import Documents

DOCUMENTS_A_PART = 500_000
"""So many documents' users are held at once, at most; often many are of one user."""


async def parts(documents: Documents) -> int:
    """Return into how many parts the users are parted."""
    count = await documents.count(WARDROBE) + await documents.count(USER_PROFILES)
    return max(1, -(-count // DOCUMENTS_A_PART))


async def users(documents: Documents, part: int, of: int, after: str, most: int) -> list[str]:
    """Return the first `most` users of a part behind `after`, in order."""
    found: set[str] = set()
    for container in (WARDROBE, USER_PROFILES):
        async for document in documents.query(container, select=["userId"]):
            user = document.body["userId"]
            if user > after and zlib.crc32(user.encode("utf-8", "surrogatepass")) % of == part:
                found.add(user)
    return nsmallest(most, found)
