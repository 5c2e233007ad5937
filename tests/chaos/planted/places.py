"""What if two ids could have one place?"""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

from shared.documents import ids
from tests.chaos.planted.plant import bug


@bug
def hashes_as_they_are() -> Iterator[None]:
    """An id of the form of a hash is stored as it is, where another's hash may stand."""
    with patch.object(ids, "_is_hash", lambda value: None):
        yield
