"""Ids in paths: plain ones as they are, all others as ``~`` and their UTF-8 in base64url (without padding).

A slash or a percent sign of an id wouldn't survive the way to the app; ``~`` is no plain sign, so the two forms never
meet.
"""

from __future__ import annotations

import base64
import binascii
import re

ENCODED = "~"
LONGEST = 1024
"""Characters of an id, decoded."""
PATTERN = r"^(~[A-Za-z0-9_-]{1,2048}|[A-Za-z0-9._:@|-]{1,128})$"
_is_encoded = re.compile(r"~[A-Za-z0-9_-]+").fullmatch
_is_plain = re.compile(r"[A-Za-z0-9._:@|-]{1,128}").fullmatch


def decoded(text: str) -> str:
    """Return the id that a part of a path stands for. Raises ValueError for what stands for none."""
    if _is_plain(text):
        return text
    if not _is_encoded(text):
        raise ValueError(
            "an id of other signs than A-Z a-z 0-9 . _ : @ | - is written as ~ and its base64url, unpadded"
        )
    try:
        padded = text[1:] + "=" * (-len(text[1:]) % 4)
        found = base64.b64decode(padded, altchars=b"-_", validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise ValueError("what follows ~ isn't base64url of UTF-8") from None
    if not 1 <= len(found) <= LONGEST:
        raise ValueError(f"an id has 1 to {LONGEST} characters")
    return found


def encoded(id: str) -> str:
    """Return the part of a path that stands for an id."""
    if _is_plain(id) and id not in (".", ".."):
        return id
    return ENCODED + base64.urlsafe_b64encode(id.encode("utf-8")).decode("ascii").rstrip("=")
