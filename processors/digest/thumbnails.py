"""Thumbnails: the pictures that a digest shows, made small when their items are imported or scraped."""

from __future__ import annotations

import asyncio
import base64

from processors.digest.model import SCRAPED, Digest
from shared.blobs.containers import WARDROBE_IMAGES
from shared.documents.containers import SCRAPED_ITEMS
from shared.services import Services


async def of_digest(services: Services, digest: Digest) -> dict[str, bytes]:
    """Return the pictures of a digest's suggestions by their names; one that is gone isn't shown."""
    names = list(dict.fromkeys(one.picture for one in digest.suggestions if one.picture))
    found = await asyncio.gather(*(_read(services, name) for name in names))
    return {name: picture for name, picture in zip(names, found, strict=True) if picture is not None}


async def _read(services: Services, name: str) -> bytes | None:
    if not name.startswith(SCRAPED):
        blob = await services.blobs.read_version(WARDROBE_IMAGES, name)
        return blob[0] if blob else None
    source, _, item = name.removeprefix(SCRAPED).rpartition("/")
    held = await services.documents.get(SCRAPED_ITEMS, source, item)
    small = held.body.get("thumbnail") if held else None
    return base64.b64decode(small) if isinstance(small, str) else None
