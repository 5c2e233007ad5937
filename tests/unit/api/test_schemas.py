"""Schemas are what operations/answers.py makes of the same types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import jsonschema
import pytest

from api.schemas import Schemas, Size
from operations.answers import Page, to_json
from shared.errors import NightshiftError


@dataclass(frozen=True, slots=True)
class Part:
    """A part."""

    class_: str
    at_all: datetime | None


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole."""

    parts: tuple[Part, ...]
    named: Mapping[str, Part]
    answer: Literal["a", "b"] | None
    share: float
    error: NightshiftError | None
    anything: Any


WHOLE = Whole(
    (Part("x", None),), {"y": Part("z", datetime(2026, 1, 1, tzinfo=UTC))}, "a", 0.5, NightshiftError("no"), [1]
)


def checked(value: Any, kind: Any) -> None:
    """Validate what becomes of a value against the schema of its type."""
    schemas = Schemas()
    schema = {**schemas.of(kind), "components": {"schemas": schemas.components}}
    jsonschema.Draft202012Validator(schema).validate(to_json(value))


def test_an_answer_fits_the_schema_of_its_type() -> None:
    checked(WHOLE, Whole)
    checked(Page((WHOLE,), "next"), Page[Whole])


@pytest.mark.parametrize("change", [{"answer": "c"}, {"share": "much"}, {"parts": [{}]}, {"named": []}])
def test_another_answer_does_not(change: dict[str, Any]) -> None:
    schemas = Schemas()
    schema = {**schemas.of(Whole), "components": {"schemas": schemas.components}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({**to_json(WHOLE), **change})


def test_pages_of_different_things_have_names_of_their_own() -> None:
    schemas = Schemas()
    schemas.of(Page[Whole])
    schemas.of(Page[Part])

    assert {"PageWhole", "PagePart"} <= schemas.components.keys()


def test_two_types_of_one_name_are_refused() -> None:
    other = dataclass(type("Part", (), {"__annotations__": {"n": int}, "__doc__": "Another."}))
    schemas = Schemas()
    schemas.of(Part)
    with pytest.raises(TypeError, match="one name"):
        schemas.of(other)


def test_a_list_may_say_its_size() -> None:
    assert Schemas().of(Annotated[list[str], Size(5)]) == {
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
        "maxItems": 5,
    }


def test_a_type_without_a_schema_is_refused() -> None:
    with pytest.raises(TypeError, match="has no schema"):
        Schemas().of(object())
