"""Decoder of pictures: untrusted bytes in; a small upright RGB array and its opacity out."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.errors import Permanent

MAX_PIXELS = 40_000_000
"""More is refused before decoding. 40 megapixels take 160 MB decoded, and up to 620 MB on the way there (WebP)."""

LARGE_PIXELS = 4_000_000
large = ThreadPoolExecutor(1, thread_name_prefix="large-pictures")
"""Pictures above 4 megapixels are decoded one at a time: a batch of them would need more than an instance has. In one
thread, not behind a lock: malloc keeps what a thread has freed for that thread, so six would keep six pictures."""

WORKING_SIDE = 96
"""Longer side, in pixels, of what the analysis looks at. Colours of a garment need no more."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
"""What phones and shops send. Pillow's other readers (EPS runs Ghostscript) are never tried on untrusted bytes."""

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SHRINKS_WELL = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")
# What Pillow's readers raise on malformed data: OSError covers UnidentifiedImageError and truncation.
_MALFORMED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    zlib.error,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Pixels:
    """A decoded picture, its longer side at most 96 pixels.

    `rgb` is height x width x 3, 0 to 255 in sRGB; `opaque` is height x width, False where the picture is see-through.
    """

    rgb: NDArray[np.uint8]
    opaque: NDArray[np.bool_]


def decode(picture: bytes) -> Pixels:
    """The pixels of `picture`, its first frame if it moves, turned upright as its EXIF says.

    Raises Permanent `picture_too_large` (above 40 megapixels; nothing was decoded) or `picture_undecodable`.
    """
    pixels = np.asarray(_small(picture, WORKING_SIDE))
    return Pixels(rgb=pixels[..., :3].copy(), opaque=pixels[..., 3] >= 128)


def as_jpeg(picture: bytes, side: int) -> bytes:
    """`picture` as a JPEG, its longer side at most `side` pixels, on white, without the camera's notes.

    Raises as `decode` does.
    """
    small = _small(picture, side)
    flat = Image.new("RGB", small.size, "white")
    flat.paste(small, mask=small.getchannel("A"))
    stream = io.BytesIO()
    flat.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def _small(picture: bytes, side: int) -> Image.Image:
    if not picture:
        raise _undecodable("it is empty (0 bytes)")
    try:
        return _decoded(picture, side)
    except Image.DecompressionBombError as error:
        raise _too_large(str(error)) from error
    except _MALFORMED as error:
        raise _undecodable(f"{error} ({len(picture)} bytes)") from error


def _decoded(picture: bytes, side: int) -> Image.Image:
    """The picture in RGBA, upright."""
    with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise _too_large(f"it has {width} x {height} pixels, the limit is {MAX_PIXELS // 1_000_000} megapixels")
        if width * height > LARGE_PIXELS:  # as stored: a progressive JPEG is held whole, whatever draft() asks for
            return large.submit(_shrunk, image, side).result()
        return _shrunk(image, side)


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    image.draft("RGB", (side * 2, side * 2))
    turn = _UPRIGHT.get(_orientation(image))  # decodes a PNG: its notes may follow the pixels
    image.load()
    if image.mode in _SHRINKS_WELL:  # first, so that a large picture isn't held a second time as RGBA
        image.thumbnail((side, side), Image.Resampling.BOX)
    small = _eight_bit(image)
    small.thumbnail((side, side), Image.Resampling.BOX)
    return small if turn is None else small.transpose(turn)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation; 1 (as stored) without one, or when the EXIF block is damaged: the pixels are still good."""
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except _MALFORMED:
        return 1
    return value if isinstance(value, int) else 1


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit greyscale: convert() would clip to white instead of scaling
        grey = np.asarray(image).astype(np.int64) >> 8
        image = Image.fromarray(grey.clip(0, 255).astype(np.uint8))
    return image.convert("RGBA")


def _undecodable(why: str) -> Permanent:
    return Permanent(
        f"the picture can't be decoded: {why}; send a whole JPEG, PNG, WebP, GIF, BMP or AVIF file",
        code="picture_undecodable",
        dependency="content",
    )


def _too_large(why: str) -> Permanent:
    return Permanent(f"the picture is too large: {why}", code="picture_too_large", dependency="content")
