"""How does a command fetch a picture? As the app does: safely, and tried up to three times."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared import outside
from shared.blobs import MAX_PICTURE_BYTES
from shared.config import Settings
from shared.fetch import PICTURE_TYPES, Fetcher, Wanted


@asynccontextmanager
async def fetcher(settings: Settings) -> AsyncIterator[Fetcher]:
    """Open a fetcher for the block."""
    opened = Fetcher(settings.fetch_allowed_local)
    try:
        yield opened
    finally:
        await opened.close()


async def picture(fetcher: Fetcher, url: str, settings: Settings) -> bytes:
    """Return the picture at `url`. Raises the class of the failure."""
    wanted = Wanted(PICTURE_TYPES, MAX_PICTURE_BYTES)
    return (await outside.call(settings, lambda: fetcher.get(url, wanted))).body
