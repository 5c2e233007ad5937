"""How does plain data become JSON?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from operations.answers import members, page, read, to_json
from shared.errors import NotFound


@dataclass(frozen=True)
class Thing:
    id: str
    class_: str
    first_seen_at: datetime | None = None


def test_fields_become_members_in_camel_case_and_in_order() -> None:
    assert list(to_json(Thing("a", "red"))) == ["id", "class", "firstSeenAt"] == list(members(Thing))


def test_an_instant_becomes_text() -> None:
    assert (
        to_json(Thing("a", "red", datetime(2026, 11, 23, 9, tzinfo=UTC)))["firstSeenAt"] == "2026-11-23T09:00:00.000Z"
    )


def test_what_lies_within_becomes_json_too() -> None:
    answer = page([{"things": (Thing("a", "red"),), "error": NotFound("It is gone.", code="job_not_found")}])

    assert to_json(answer) == {
        "items": [{"things": [{"id": "a", "class": "red", "firstSeenAt": None}], "error": "It is gone."}],
        "next": None,
    }


def test_what_has_no_json_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        to_json({"thing": object()})


def test_a_document_is_read_into_the_fields_that_it_has_and_none_for_the_rest() -> None:
    assert read(Thing, {"id": "a", "class": "red", "other": 1}) == Thing("a", "red", None)
