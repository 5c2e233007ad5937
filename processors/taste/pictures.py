"""Pictures of likes: where does one come from?

From the app's own container, from the accounts that IMAGE_BLOB_ACCOUNTS names (both read with the app's identity), or
else from the internet like anybody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.blobs.containers import MAX_PICTURE_BYTES, WARDROBE_IMAGES
from shared.errors import Misconfigured, Permanent
from shared.web import retries

if TYPE_CHECKING:
    from shared.blobs.accounts import Found
    from shared.services import Services


async def read_picture(services: Services, url: str) -> bytes:
    """Return the bytes of the picture at `url`, at most 10 MB. Raises the class of the failure."""
    name = services.blobs.name_in(WARDROBE_IMAGES, url)
    if name is not None:
        return await retries.call(services.settings, lambda: services.blobs.read(WARDROBE_IMAGES, name))
    found = services.blob_accounts.find(url)
    if found is not None:
        return await retries.call(services.settings, lambda: _read_elsewhere(found))
    return await _fetch(services, url)


async def _read_elsewhere(found: Found) -> bytes:
    """Read a blob of another account. One that refuses us is that picture's failure, not the app's own storage's."""
    try:
        return await found.account.read(found.container, found.name)
    except Misconfigured as error:
        raise Permanent(
            f"{error} If the app should read it, grant that; else take it out of IMAGE_BLOB_ACCOUNTS.",
            code="picture_denied",
            dependency="content",
        ) from error


async def _fetch(services: Services, url: str) -> bytes:
    from shared.web.exchange import PICTURE_TYPES, Wanted

    wanted = Wanted(PICTURE_TYPES, MAX_PICTURE_BYTES)
    fetched = await retries.call(services.settings, lambda: services.fetcher.get(url, wanted))
    return fetched.body
