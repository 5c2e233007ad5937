"""Which file is a picture?"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from cli import pictures
from cli.errors import Failed


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
    assert pictures.kind_of(saved(format), Path("x.txt")) == (extension, content_type)


@pytest.mark.parametrize("content", [b"", b"text", b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Failed, match="is no picture"):
        pictures.kind_of(content, Path("x.png"))


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "big.png"
    file.write_bytes(b"12345")

    with pytest.raises(Failed, match="5 bytes; a picture may have up to 4"):
        pictures.read(file, 4)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="can't be read"):
        pictures.read(tmp_path, 10_000)
