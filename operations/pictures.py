"""Pictures that are handed in: of which format the bytes are, and whether an item names one by its address."""

from __future__ import annotations

from dataclasses import dataclass

from shared.blobs.containers import MAX_PICTURE_BYTES
from shared.errors import Permanent, Refused

MAX_BYTES = MAX_PICTURE_BYTES
"""Most bytes of a picture that is handed in."""

THUMBNAIL_SIDE = 2 * 72
"""Pixels of a thumbnail's longer side: digests show 72, on screens that have two a point."""
_SIGNATURES = (
    (b"\xff\xd8\xff", 0, "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "png", "image/png"),
    (b"GIF8", 0, "gif", "image/gif"),
    (b"BM", 0, "bmp", "image/bmp"),
    (b"WEBP", 8, "webp", "image/webp"),
    (b"ftypavif", 4, "avif", "image/avif"),
    (b"ftypavis", 4, "avif", "image/avif"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is handed in: its bytes, and a `name` that errors tell it by."""

    content: bytes
    name: str

    @property
    def kind(self) -> tuple[str, str]:
        """File extension and content type, told by the first bytes. Raises Refused for what the app can't read."""
        for signature, offset, extension, content_type in _SIGNATURES:
            if self.content[offset : offset + len(signature)] == signature:
                return extension, content_type
        raise Refused(f"{self.name} is no picture: save it as JPEG, PNG, WebP, GIF, BMP or AVIF.", code="no_picture")

    def check(self) -> None:
        """Raise Refused when the analysis couldn't read it: it is too large, damaged or cut off."""
        from processors.taste.analysers.picture import decode

        try:
            decode(self.content)
        except Permanent as error:
            raise Refused(f"{self.name}: {error}.", code=error.code) from None

    def thumbnail(self) -> bytes:
        """Return it as a small JPEG, its longer side twice what pages show. Raises as `check` does."""
        from processors.taste.analysers.picture import as_jpeg

        try:
            return as_jpeg(self.content, THUMBNAIL_SIDE)
        except Permanent as error:
            raise Refused(f"{self.name}: {error}.", code=error.code) from None


def is_url(image: str) -> bool:
    """Return whether `image` is an address and not a path."""
    return image.lower().startswith(("http://", "https://"))
