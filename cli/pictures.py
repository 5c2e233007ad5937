"""Pictures in local files."""

from __future__ import annotations

from pathlib import Path

from operations.pictures import Picture
from shared.errors import Refused


def read(path: Path, limit: int) -> Picture:
    """Return the picture in a file. Raises Refused when it can't be read or has more than `limit` bytes."""
    try:
        size = path.stat().st_size
        if size > limit:
            raise Refused(
                f"{path} has {size} bytes; a picture may have up to {limit}. Make it smaller.",
                code="picture_too_large",
            )
        return Picture(path.read_bytes(), str(path))
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}.", code="file_unreadable") from None
