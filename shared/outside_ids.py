"""Ids from outside: what may the id of a user, an item or a job be?

Up to 512 characters without control characters and without blanks at its ends. The same wherever ids come in, so that
whatever one way takes another can name. How one is stored is another question (shared/documents/ids.py).
"""

from __future__ import annotations

import re

MAX_CHARACTERS = 512
PATTERN = r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$"

_is_one = re.compile(PATTERN).fullmatch


def problem_of(id: str) -> str | None:
    """Return what keeps `id` from being one; None for an id."""
    if not id:
        return "is empty"
    if len(id) > MAX_CHARACTERS:
        return f"has {len(id)} characters; up to {MAX_CHARACTERS} are taken"
    if not _is_one(id):
        return "holds a control character, or begins or ends with a blank"
    return None
