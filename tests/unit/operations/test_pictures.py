"""Which file is a picture?"""

from __future__ import annotations

import io

import pytest
from PIL import Image

from operations.pictures import Picture
from shared.errors import Refused


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
