"""Pictures of items: do two show the same, and how does one look small?

By difference hashes (D. Krawetz, "Kind of Like That", 2013): one bit for each pair of neighbours in a grey 9 × 8 copy,
is the left one brighter? Scaling, recompression and small marks leave nearly all bits as they are.
"""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shared.errors import Permanent

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

MAX_PIXELS = 40_000_000
THUMBNAIL_SIDE = 2 * 72
"""Pixels of a thumbnail's longer side: digests show 72, on screens that have two a point."""
NEAR_BITS = 4
_WIDTH, _HEIGHT = 9, 8
_BAND_BITS = 13
"""Five times that is a little more than 64 bits."""
_PLAIN_BITS = 6
"""A hash with so few bits (or so few missing) is of a plain area or a simple slope: it tells nothing."""


def difference_hash(picture: bytes) -> str:
    """Return the 64 bits of a picture as 16 hexadecimal digits. Raises Permanent `picture_unreadable`."""
    from PIL import Image

    with _opened(picture) as image:
        image.draft("L", (_WIDTH * 8, _HEIGHT * 8))
        small = _on_white(image).convert("L").resize((_WIDTH, _HEIGHT), Image.Resampling.BOX)
    grey = list(small.tobytes())
    bits = 0
    for row in range(_HEIGHT):
        for column in range(_WIDTH - 1):
            at = row * _WIDTH + column
            bits = bits << 1 | (grey[at] > grey[at + 1])
    return f"{bits:016x}"


def thumbnail(picture: bytes) -> str:
    """Return a picture as a small JPEG in base64, as digests show it: it is kept in the item, and goes with it.

    Raises Permanent `picture_unreadable`.
    """
    from PIL import ImageOps

    with _opened(picture) as image:
        image.draft("RGB", (2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE))
        small = _on_white(image)
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        upright = ImageOps.exif_transpose(small).convert("RGB")
        stream = io.BytesIO()
        upright.save(stream, "JPEG", quality=75)
    return base64.b64encode(stream.getvalue()).decode()


@contextmanager
def _opened(picture: bytes) -> Iterator[ImageFile]:
    """Open a stranger's picture. Raises Permanent for whatever goes wrong with it meanwhile."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(picture)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ValueError(f"{image.width} × {image.height} pixels")
                yield image
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError, MemoryError) as error:
        raise Permanent(
            f"The picture can't be read: {str(error)[:200]}", code="picture_unreadable", dependency="content"
        ) from None


def _on_white(image: Image) -> Image:
    from PIL.Image import alpha_composite, new

    flat = alpha_composite(new("RGBA", image.size, "white"), image.convert("RGBA"))
    flat.info = {"exif": image.info["exif"]} if "exif" in image.info else {}
    return flat


def bands(picture_hash: str) -> dict[str, str]:
    """Return the parts of a difference hash by name; none of a plain one. Two that are near share at least one part:
    there is one part more than bits that may differ."""
    bits = int(picture_hash, 16)
    if not _tells(bits):
        return {}
    return {f"b{n}": f"{bits >> n * _BAND_BITS & (1 << _BAND_BITS) - 1:04x}" for n in range(NEAR_BITS + 1)}


def near(one: str, other: str) -> bool:
    """Return whether two difference hashes are of nearly the same picture. Plain ones are near nothing."""
    first, second = int(one, 16), int(other, 16)
    return _tells(first) and _tells(second) and (first ^ second).bit_count() <= NEAR_BITS


def _tells(bits: int) -> bool:
    return _PLAIN_BITS < bits.bit_count() < 64 - _PLAIN_BITS
