"""Which file is a picture?"""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from operations.pictures import Picture
from shared.errors import Refused
from tests.pictures import picture
from tests.pictures import saved as drawn


def saved(format: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(stream, format)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("format", "extension", "content_type"),
    [
        ("JPEG", "jpg", "image/jpeg"),
        ("PNG", "png", "image/png"),
        ("WEBP", "webp", "image/webp"),
        ("GIF", "gif", "image/gif"),
        ("BMP", "bmp", "image/bmp"),
        ("AVIF", "avif", "image/avif"),
    ],
)
def test_a_picture_is_known_by_its_bytes(format: str, extension: str, content_type: str) -> None:
    assert Picture(saved(format), "x.txt").kind == (extension, content_type)


@pytest.mark.parametrize("content", [b"", b"text", b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match=r"x\.png is no picture"):
        _ = Picture(content, "x.png").kind


def header_of_a_png(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that says it has so many pixels."""
    size = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + size + struct.pack(">I", zlib.crc32(size))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 1_000) + b"IDAT"


@pytest.mark.parametrize("side", [6_400, 30_000])
def test_a_picture_with_too_many_pixels_is_refused(side: int) -> None:
    with pytest.raises(Refused, match=r"huge.png: the picture is too large"):
        Picture(header_of_a_png(side, side), "huge.png").check()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"])
def test_a_picture_that_is_cut_off_is_refused_and_a_whole_one_is_not(format: str) -> None:
    whole = drawn(picture(7), format)
    Picture(whole, "whole").check()

    with pytest.raises(Refused, match=r"cut: the picture can't be decoded"):
        Picture(whole[: len(whole) * 2 // 3], "cut").check()
