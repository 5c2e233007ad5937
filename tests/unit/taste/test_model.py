"""What does a taste job's message say, and which job is it?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from processors.taste.kind import taste_kind
from processors.taste.model import TasteJob, job_id_of, key_of, settle
from shared.config import Settings
from shared.jobs.messages import BadMessage, validate

LIKE: dict[str, Any] = {"user_id": "ada", "item_id": "scarf", "image_url": "http://x/red.png"}
PUT_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def job(**members: Any) -> TasteJob:
    """Return a like with these members."""
    return TasteJob.model_validate({**LIKE, **members})


def test_a_like_is_up_unless_it_says_otherwise() -> None:
    assert job().signal == "up"


@pytest.mark.parametrize(
    "change",
    [
        {"user_id": "ben"},
        {"item_id": "coat"},
        {"image_url": "http://x/navy.png"},
        {"gallery_image_index": 1},
        {"signal": "down"},
        {"createdAt": "2026-11-20T09:00:00Z"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_makes_a_signal_another_makes_another_job(change: dict[str, Any]) -> None:
    assert job_id_of(job(**change)) != job_id_of(job())


@pytest.mark.parametrize("change", [{"title": "Scarf"}, {"tags": ["wool"]}], ids=["title", "tags"])
def test_what_only_describes_the_item_makes_no_other_job(change: dict[str, Any]) -> None:
    assert job_id_of(job(**change)) == job_id_of(job())


@pytest.mark.parametrize(
    "url",
    ["https://user:password@shop.example/a.jpg", "https://user@shop.example/a.jpg", "//user:password@shop.example",
     "https:\\\\user:password@shop.example", "https:/\t/user:password@shop.example"],
)  # fmt: skip
def test_an_address_with_a_user_name_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(BadMessage, match=r"image_url: .*it carries a user name or a password") as refused:
        validate(taste_kind(Settings()), {**LIKE, "image_url": url})

    assert "password@" not in str(refused.value) + str(refused.value.places)


@pytest.mark.parametrize("url", ["https://shop.example/@ada/a.jpg", "https://shop.example?to=a@b", "a@b", "a.png"])
def test_an_at_sign_elsewhere_is_none(url: str) -> None:
    assert job(image_url=url).image_url == url


def test_a_given_job_id_is_the_job_and_its_user_the_scope() -> None:
    assert key_of(job(job_id="mine")) == type(key_of(job()))("ada", "mine")


def test_a_settled_like_is_still_the_same_job() -> None:
    assert key_of(settle(job(), PUT_AT)) == key_of(job())
    assert settle(settle(job(), PUT_AT), PUT_AT.replace(hour=10)) == settle(job(), PUT_AT)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, "2026-11-23T09:00:00.000Z"),
        ("2026-11-20T10:30:00+02:00", "2026-11-20T08:30:00.000Z"),
        ("2026-11-20T08:30:00.123456Z", "2026-11-20T08:30:00.123Z"),
        ("2031-01-01T00:00:00Z", "2026-11-23T09:00:00.999Z"),
    ],
    ids=["absent", "offset", "microseconds", "future"],
)
def test_the_time_of_a_signal_is_utc_and_not_after_the_second_in_which_the_queue_got_it(
    given: str | None, kept: str
) -> None:
    assert settle(job(createdAt=given), PUT_AT).createdAt == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"user_id": ""},
        {"user_id": " ada"},
        {"user_id": "x" * 513},
        {"user_id": 5},
        {"item_id": None},
        {"image_url": ""},
        {"image_url": "x" * 2049},
        {"gallery_image_index": -1},
        {"gallery_image_index": "1"},
        {"gallery_image_index": 10**9},
        {"title": "x" * 1001},
        {"tags": "wool"},
        {"tags": ["x"] * 101},
        {"signal": "maybe"},
        {"createdAt": "2026-11-20"},
        {"createdAt": "2026-11-20T09:00:00"},
        {"createdAt": "soon"},
        {"createdAt": "0001-01-01T00:00:00+14:00"},
        {"createdAt": 1700000000},
    ],
    ids=str,
)
def test_a_member_that_cannot_be_is_refused_at_its_place(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        job(**wrong)

    assert refused.value.errors()[0]["loc"][0] == next(iter(wrong))


def test_members_that_nobody_knows_are_ignored() -> None:
    assert job(colour="red") == job()


@pytest.mark.parametrize("odd", ["a\x1bb", "a\nb", " a", "a ", "\x7f"])
def test_ids_with_control_characters_are_refused(odd: str) -> None:
    with pytest.raises(ValidationError, match="user_id"):
        TasteJob.model_validate({"user_id": odd, "item_id": "i", "image_url": "u"})
