"""What is asked of an address, and what came from it. Plain data: fetch.py, which asks, costs importing a client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

TOTAL_SECONDS = 30.0
IDLE_SECONDS = 10.0
"""Longest silence of a server that is to answer or is sending."""
USER_AGENT = "nightshift/1"
PLAIN_TYPE = "application/octet-stream"
"""What counts for a body without a content type."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller takes: content types (lower case; one that ends in ``/`` stands for all of its kind), and limits.

    A body without a content type counts as ``application/octet-stream``.
    """

    content_types: frozenset[str]
    max_bytes: int
    total_seconds: float = TOTAL_SECONDS
    idle_seconds: float = IDLE_SECONDS

    def takes(self, content_type: str) -> bool:
        """Return whether a body of `content_type` is wanted."""
        return content_type in self.content_types or content_type.partition("/")[0] + "/" in self.content_types


PICTURE_TYPES = frozenset(
    {
        *("image/jpeg", "image/jpg", "image/pjpeg", "image/png", "image/x-png", "image/webp", "image/gif"),
        *("image/bmp", "image/x-ms-bmp", "image/avif"),
        *(PLAIN_TYPE, "binary/octet-stream"),  # what buckets say of anything; decoding tells
    }
)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of the version that it sent, and is told when it is asked for a newer one; empty: nothing."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: the address that answered at last, its content type (lower case, no parameters), and the body.

    `charset` is what the server says the text is encoded in, as it says it; empty when it doesn't. `base` is what links
    in the body are relative to: Content-Location if the server gives one, else `url`.
    """

    url: str
    content_type: str
    body: bytes
    charset: str = ""
    validators: Validators = Validators()
    base: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The server has nothing newer than what the validators named (304)."""

    url: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What a server said to what was posted: any status, and the beginning of its answer."""

    status: int
    body: bytes
    retry_after: timedelta | None
