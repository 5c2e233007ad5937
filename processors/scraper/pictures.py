"""Duplicate pictures: do two show the same? By difference hashes (D. Krawetz, "Kind of Like That", 2013).

A difference hash has one bit for each pair of neighbours in a grey 9 × 8 copy of the picture: is the left one brighter?
Scaling, recompression and small marks leave nearly all bits as they are.
"""

from __future__ import annotations

import io
import warnings

from shared.errors import Permanent

MAX_PIXELS = 40_000_000
NEAR_BITS = 4
_WIDTH, _HEIGHT = 9, 8
_BAND_BITS = 13
"""Five times that is a little more than 64 bits."""
_PLAIN_BITS = 6
"""A hash with so few bits (or so few missing) is of a plain area or a simple slope: it tells nothing."""


def difference_hash(picture: bytes) -> str:
    """Return the 64 bits of a picture as 16 hexadecimal digits. Raises Permanent `picture_unreadable`."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(picture)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ValueError(f"{image.width} × {image.height} pixels")
                image.draft("L", (_WIDTH * 8, _HEIGHT * 8))
                opaque = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
                small = opaque.convert("L").resize((_WIDTH, _HEIGHT), Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError, MemoryError) as error:
        raise Permanent(
            f"The picture can't be read: {str(error)[:200]}", code="picture_unreadable", dependency="content"
        ) from None
    grey = list(small.tobytes())
    bits = 0
    for row in range(_HEIGHT):
        for column in range(_WIDTH - 1):
            at = row * _WIDTH + column
            bits = bits << 1 | (grey[at] > grey[at + 1])
    return f"{bits:016x}"


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
