"""Are the published schemas those of the models, and do they say what the models do?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from processors import schemas
from processors.taste import profile
from processors.taste.model import TasteJob
from tests.unit.taste.test_profile import evidence

LIKE: dict[str, Any] = {"user_id": "ada", "item_id": "scarf", "image_url": "http://x/red.png"}
WHOLE: dict[str, Any] = {
    **LIKE,
    "job_id": "mine",
    "gallery_image_index": 2,
    "title": "Wool scarf",
    "tags": ["wool", "winter"],
    "createdAt": "2026-11-20T09:00:00Z",
    "signal": "down",
}
GOOD: dict[str, dict[str, Any]] = {
    "least": LIKE,
    "all members": WHOLE,
    "unknown member": {**LIKE, "colour": "red"},
    "nulls": {**LIKE, "title": None, "tags": None, "createdAt": None, "job_id": None, "gallery_image_index": None},
}
BAD: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no picture": {"user_id": "ada", "item_id": "scarf"},
    "number for text": {**LIKE, "user_id": 5},
    "empty id": {**LIKE, "item_id": ""},
    "blank before id": {**LIKE, "item_id": " x"},
    "long id": {**LIKE, "item_id": "x" * 513},
    "unknown signal": {**LIKE, "signal": "maybe"},
    "negative index": {**LIKE, "gallery_image_index": -1},
    "text for tags": {**LIKE, "tags": "wool"},
    "too many tags": {**LIKE, "tags": ["x"] * 101},
    "null signal": {**LIKE, "signal": None},
}


def validator(name: str) -> Draft202012Validator:
    """Return the validator of a schema by the name of its file."""
    return Draft202012Validator(schemas.schemas()[name])


@pytest.mark.parametrize("name", list(schemas.schemas()))
def test_the_published_schema_is_the_models(name: str) -> None:
    published = (schemas.FOLDER / name).read_text(encoding="utf-8")

    assert published == schemas.text_of(schemas.schemas()[name]), (
        "the models changed; publish their schemas: .venv/bin/python -m processors.schemas --write"
    )


@pytest.mark.parametrize("name", list(schemas.schemas()))
def test_the_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schemas.schemas()[name])


@pytest.mark.parametrize("case", list(GOOD))
def test_what_the_model_takes_the_schema_takes(case: str) -> None:
    TasteJob.model_validate(GOOD[case])

    assert list(validator("taste-job.schema.json").iter_errors(GOOD[case])) == []


@pytest.mark.parametrize("case", list(BAD))
def test_what_the_model_refuses_the_schema_refuses(case: str) -> None:
    with pytest.raises(ValidationError):
        TasteJob.model_validate(BAD[case])

    assert not validator("taste-job.schema.json").is_valid(BAD[case])


def test_the_schema_knows_the_members_that_come_beside_the_payload() -> None:
    beside = {"generation": 3, "schema_version": 1, "traceparent": "00-1-2-01"}

    assert validator("taste-job.schema.json").is_valid({**LIKE, **beside})
    assert not validator("taste-job.schema.json").is_valid({**LIKE, "generation": -1})
    assert not validator("taste-job.schema.json").is_valid({**LIKE, "schema_version": 2})


@pytest.mark.parametrize("signals", [[], ["up"], ["up", "down", "none"]], ids=str)
def test_every_profile_that_is_stored_follows_its_schema(signals: list[str]) -> None:
    evidences = [evidence(number, signal, brand="Corso Nove") for number, signal in enumerate(signals)]
    folded = profile.fold("ada", evidences, timedelta(days=60))

    assert list(validator("taste-profile.schema.json").iter_errors(folded)) == []


def test_a_profile_without_its_facets_does_not_follow_its_schema() -> None:
    folded = profile.fold("ada", [], timedelta(days=60))
    del folded["colors"]

    assert not validator("taste-profile.schema.json").is_valid(folded)
