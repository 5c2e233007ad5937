"""Where does the picture of a like come from?

From the app's own container, from the accounts that IMAGE_BLOB_ACCOUNTS names (both read with the app's identity), or
else from the internet like anybody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared import outside
from shared.blobs import MAX_PICTURE_BYTES, WARDROBE_IMAGES

if TYPE_CHECKING:
    from shared.services import Services


async def read_picture(services: Services, url: str) -> bytes:
    """Return the bytes of the picture at `url`, at most 10 MB. Raises the class of the failure."""
    name = services.blobs.name_in(WARDROBE_IMAGES, url)
    if name is not None:
        return await outside.call(services.settings, lambda: services.blobs.read(WARDROBE_IMAGES, name))
    found = services.blob_accounts.find(url)
    if found is not None:
        return await outside.call(services.settings, lambda: found.account.read(found.container, found.name))
    return await _fetch(services, url)


async def _fetch(services: Services, url: str) -> bytes:
    from shared.fetch import PICTURE_TYPES, Wanted

    wanted = Wanted(PICTURE_TYPES, MAX_PICTURE_BYTES)
    fetched = await outside.call(services.settings, lambda: services.fetcher.get(url, wanted))
    return fetched.body
