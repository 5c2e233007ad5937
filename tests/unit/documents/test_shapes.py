"""Is a document of an older version read as the present one?"""

from __future__ import annotations

import pytest

from shared.documents.port import Body
from shared.documents.shapes import Shape, renamed
from shared.errors import Unavailable

THIRD = Shape(
    "parcel",
    3,
    {1: lambda body: renamed(body, "at", "sentAt"), 2: lambda body: {**body, "grams": body["grams"] * 1000}},
)
STORED: dict[str, Body] = {
    "version 1": {"id": "a", "at": "2026", "grams": 5, "schemaVersion": 1},
    "version 2": {"id": "a", "sentAt": "2026", "grams": 5, "schemaVersion": 2},
    "version 3": {"id": "a", "sentAt": "2026", "grams": 5000, "schemaVersion": 3},
}


@pytest.mark.parametrize("stored", STORED.values(), ids=STORED)
def test_any_version_is_read_as_the_present_one(stored: Body) -> None:
    before = dict(stored)

    assert THIRD.present(stored) == STORED["version 3"]
    assert stored == before


def test_one_that_a_newer_app_wrote_waits_for_it() -> None:
    with pytest.raises(Unavailable, match="A parcel has schemaVersion 4; this app knows up to 3") as refused:
        THIRD.present({"id": "a", "schemaVersion": 4})

    assert refused.value.code == "document_newer"
