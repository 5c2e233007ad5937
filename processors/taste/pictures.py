"""Where does the picture of a like come from?"""

from __future__ import annotations

from shared import outside
from shared.blobs import WARDROBE_IMAGES
from shared.errors import Permanent
from shared.services import Services


async def read_picture(services: Services, url: str) -> bytes:
    """Return the bytes of the picture at `url`, a blob of container wardrobe-images.

    Raises Permanent for any other address: what else the app's identity may read is nobody's picture.
    """
    name = services.blobs.name_in(WARDROBE_IMAGES, url)
    if name is None:
        raise Permanent(
            f"The picture's address isn't a blob of container {WARDROBE_IMAGES}. Import it: nightshift wardrobe import",
            code="picture_address",
            dependency="content",
        )
    return await outside.call(services.settings, lambda: services.blobs.read(WARDROBE_IMAGES, name))
