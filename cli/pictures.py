"""Which local file is a picture, and where does it go? Known by its first bytes, not by its name."""

from __future__ import annotations

from pathlib import Path

from cli.errors import Failed

_SIGNATURES = (
    (b"\xff\xd8\xff", 0, "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "png", "image/png"),
    (b"GIF8", 0, "gif", "image/gif"),
    (b"BM", 0, "bmp", "image/bmp"),
    (b"WEBP", 8, "webp", "image/webp"),
    (b"ftypavif", 4, "avif", "image/avif"),
    (b"ftypavis", 4, "avif", "image/avif"),
)


def is_url(image: str) -> bool:
    """Return whether `image` is an address and not a path."""
    return image.lower().startswith(("http://", "https://"))


def read(path: Path, limit: int) -> bytes:
    """Return the file's bytes. Raises Failed when it can't be read or has more than `limit` bytes."""
    try:
        size = path.stat().st_size
        if size > limit:
            raise Failed(f"{path} has {size} bytes; a picture may have up to {limit}. Make it smaller.")
        return path.read_bytes()
    except OSError as error:
        raise Failed(f"{path} can't be read: {error.strerror}.") from None


def kind_of(picture: bytes, path: Path) -> tuple[str, str]:
    """Return the file extension and content type of `picture`. Raises Failed when it is none that the app reads."""
    for signature, offset, extension, content_type in _SIGNATURES:
        if picture[offset : offset + len(signature)] == signature:
            return extension, content_type
    raise Failed(f"{path} is no picture: save it as JPEG, PNG, WebP, GIF, BMP or AVIF.")
