"""Thumbnails: the pictures that a digest shows, made small when their items are imported."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from processors.digest.model import Digest
from shared.blobs.containers import WARDROBE_IMAGES

if TYPE_CHECKING:
    from shared.blobs.storage import Blobs


async def of_digest(blobs: Blobs, digest: Digest) -> dict[str, bytes]:
    """Return the pictures of a digest's suggestions by the names of their blobs; one that is gone isn't shown."""
    names = list(dict.fromkeys(one.picture for one in digest.suggestions if one.picture))
    found = await asyncio.gather(*(blobs.read_version(WARDROBE_IMAGES, name) for name in names))
    return {name: picture[0] for name, picture in zip(names, found, strict=True) if picture is not None}
