"""Which pictures are read with the app's own identity, and which like anybody's?"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import cast

import pytest

from processors.taste.pictures import read_picture
from shared.blobs.accounts import BlobAccounts
from shared.blobs.containers import WARDROBE_IMAGES
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Misconfigured, NightshiftError, Permanent
from shared.queues.memory import MemoryQueues
from shared.services import Services
from tests.azurite import Azurite
from tests.integration.models.worlds import NoBlobs, png

PLACES = "https://pictures.blob.core.windows.net, https://shop.blob.core.windows.net/catalogue/"


def place(setting: str, url: str) -> tuple[str, str, str] | None:
    """Return account, container and name of the blob that `url` means, if it lies in one of the places."""
    found = BlobAccounts(setting, cast(Blobs, NoBlobs())).find(url)
    return None if found is None else (found.account.endpoint.rstrip("/"), found.container, found.name)


@pytest.mark.parametrize(
    ("url", "container", "name"),
    [
        ("https://pictures.blob.core.windows.net/any/tee.jpg", "any", "tee.jpg"),
        ("https://PICTURES.blob.core.windows.net/any/a%20b/c.jpg?sv=1&sig=x", "any", "a b/c.jpg"),
        ("https://shop.blob.core.windows.net/catalogue/tee.jpg", "catalogue", "tee.jpg"),
    ],
)
async def test_a_blob_in_a_named_place_is_read_by_identity(url: str, container: str, name: str) -> None:
    endpoint = url.lower().partition("/any")[0].partition("/catalogue")[0]

    assert place(PLACES, url) == (endpoint, container, name)


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.blob.core.windows.net/any/tee.jpg",
        "https://pictures.blob.core.windows.net:444/any/tee.jpg",
        "https://pictures.blob.core.windows.net.evil.example/any/tee.jpg",
        "https://evil@pictures.blob.core.windows.net/any/tee.jpg",
        "https://pictures.blob.core.windows.net/tee.jpg",
        "https://pictures.blob.core.windows.net/any/",
        "https://pictures.blob.core.windows.net/",
        "https://pictures.blob.core.windows.net",
        "https://shop.blob.core.windows.net/private/tee.jpg",
        "https://shop.blob.core.windows.net/catalogue2/tee.jpg",
        "https://shop.blob.core.windows.net/catalogue/../private/tee.jpg",
        "https://shop.blob.core.windows.net/catalogue/%2e%2e/private/tee.jpg",
        "https://shop.blob.core.windows.net//catalogue/tee.jpg",
        "https://other.blob.core.windows.net/catalogue/tee.jpg",
        "https://[::1",
    ],
)
def test_a_blob_outside_the_named_places_is_not(url: str) -> None:
    assert place(PLACES, url) is None


@pytest.mark.parametrize(
    "setting",
    [
        "pictures",
        "http://pictures.blob.core.windows.net",
        "https://",
        "https://a@b.example",
        "https://a.example/b/c",
        "https://a.example/?sig=x",
    ],
)
def test_a_place_that_cannot_be_is_named(setting: str) -> None:
    with pytest.raises(Misconfigured, match="IMAGE_BLOB_ACCOUNTS"):
        BlobAccounts(setting, cast(Blobs, NoBlobs()))


async def test_a_container_of_the_own_account_counts_only_when_it_is_named(azurite: Azurite) -> None:
    blobs = Blobs.from_connection_string(azurite.connection_string)
    container = f"shop-{uuid.uuid4().hex[:12]}"
    plain = Services(Settings(), SqliteDocuments(":memory:"), MemoryQueues(), blobs)
    await blobs.ensure(WARDROBE_IMAGES)
    await blobs.ensure(container)
    own = await blobs.write(WARDROBE_IMAGES, "outside/tee.png", png(), "image/png")
    url = await blobs.write(container, "new tees/tee.png", png("navy"), "image/png")
    named = replace(plain, settings=Settings(image_blob_accounts=f"{blobs.endpoint.rstrip('/')}/{container}"))

    try:
        assert await read_picture(plain, own) == png()
        assert await read_picture(named, url) == png("navy")
        with pytest.raises(Permanent) as refused:
            await read_picture(plain, url)
        with pytest.raises(NightshiftError) as missing:
            await read_picture(named, url.replace("tee.png", "gone.png"))
    finally:
        await named.fetcher.close()
        await plain.close()

    assert refused.value.code == "address_refused"
    assert missing.value.code == "blob_missing"
