"""Does every adapter keep every JSON body as it is, and refuse everything else?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.documents.containers import JOBS, WARDROBE
from shared.documents.port import Documents
from shared.errors import Permanent
from tests.contract.documents.build import job

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)
_MEMBERS = st.dictionaries(
    _TEXT.filter(lambda name: name not in ("id", "scope", "ttl") and not name.startswith("_")), _JSON, max_size=6
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(members=_MEMBERS)
async def test_any_json_comes_back_as_it_went(documents: Documents, members: dict[str, Any]) -> None:
    written = await documents.upsert(JOBS, job() | members)

    read = await documents.get(JOBS, "ada", "job-1")
    assert read == written
    assert repr(written.body) == repr(job() | members)


@pytest.mark.parametrize(
    "member",
    [
        pytest.param(float("nan"), id="NaN"),
        pytest.param(float("inf"), id="infinity"),
        pytest.param(2**53 + 1, id="integer over 2^53"),
        pytest.param({"deep": [-(2**53) - 1]}, id="integer under -2^53, deep inside"),
        pytest.param(10**5000, id="integer of 5000 digits"),
        pytest.param(b"bytes", id="bytes"),
        pytest.param({"a"}, id="set"),
        pytest.param(datetime(2026, 11, 23, tzinfo=UTC), id="datetime"),
        pytest.param("\ud800", id="half of a surrogate pair"),
        pytest.param({1: "a", "1": "b"}, id="name that isn't a text"),
    ],
)
async def test_what_is_no_json_is_refused(documents: Documents, member: Any) -> None:
    with pytest.raises(Permanent) as caught:
        await documents.create(JOBS, job(member=member))

    assert caught.value.code == "document_invalid"
    assert await documents.get(JOBS, "ada", "job-1") is None


async def test_a_body_that_holds_itself_is_refused(documents: Documents) -> None:
    body = job()
    body["self"] = body

    with pytest.raises(Permanent) as caught:
        await documents.create(JOBS, body)

    assert caught.value.code == "document_invalid"


@pytest.mark.parametrize("levels", [129, 5000])
async def test_a_body_deeper_than_128_levels_is_refused(documents: Documents, levels: int) -> None:
    with pytest.raises(Permanent) as caught:
        await documents.create(JOBS, job(nested=_nested(levels - 1)))

    assert caught.value.code == "document_invalid"


async def test_a_body_of_128_levels_is_kept(documents: Documents) -> None:
    created = await documents.create(JOBS, job(nested=_nested(127)))

    assert await documents.get(JOBS, "ada", "job-1") == created


async def test_a_wide_body_is_not_taken_for_a_deep_one(documents: Documents) -> None:
    created = await documents.create(JOBS, job(wide=[{"n": n} for n in range(200)]))

    assert await documents.get(JOBS, "ada", "job-1") == created


@pytest.mark.parametrize("body", [{"scope": "ada"}, {"id": "job-1"}, job(id=1), job(scope=None), ["id"], None])
async def test_a_body_without_text_for_id_and_partition_is_refused(documents: Documents, body: Any) -> None:
    with pytest.raises(Permanent) as caught:
        await documents.create(JOBS, body)

    assert caught.value.code == "document_invalid"


async def test_a_top_level_name_with_an_underscore_in_front_is_refused(documents: Documents) -> None:
    with pytest.raises(Permanent) as caught:
        await documents.create(JOBS, job(_etag="mine"))

    assert caught.value.code == "document_invalid"


async def test_an_underscore_in_front_is_fine_further_inside(documents: Documents) -> None:
    created = await documents.create(JOBS, job(payload={"_etag": "theirs"}, note='"_'))

    assert await documents.get(JOBS, "ada", "job-1") == created


@pytest.mark.parametrize("ttl", [0, -1, 1.5, "60", True, None, 2**31])
async def test_a_ttl_that_is_no_whole_number_of_seconds_is_refused(documents: Documents, ttl: Any) -> None:
    with pytest.raises(Permanent) as caught:
        await documents.create(JOBS, job(ttl=ttl))

    assert caught.value.code == "document_invalid"


async def test_a_ttl_comes_back_with_the_body(documents: Documents) -> None:
    await documents.create(JOBS, job(ttl=3600))

    read = await documents.get(JOBS, "ada", "job-1")
    assert read is not None
    assert read.body == job(ttl=3600)


@pytest.mark.parametrize("letter", ["a", "é", "\U0001f457"])
async def test_a_body_over_two_megabytes_is_refused(documents: Documents, letter: str) -> None:
    text = letter * (2 * 1024 * 1024 // len(letter.encode()))

    with pytest.raises(Permanent) as caught:
        await documents.create(JOBS, job(text=text))

    assert caught.value.code == "document_too_large"


async def test_a_body_just_under_two_megabytes_is_kept(documents: Documents) -> None:
    created = await documents.create(JOBS, job(text="a" * (2 * 1024 * 1024 - 100)))

    assert await documents.get(JOBS, "ada", "job-1") == created


@pytest.mark.parametrize("write", ["create", "upsert", "replace"])
async def test_every_way_of_writing_refuses_the_same(documents: Documents, write: str) -> None:
    standing = await documents.create(WARDROBE, {"id": "coat", "userId": "ada"})
    etag = [standing.etag] if write == "replace" else []

    with pytest.raises(Permanent):
        await getattr(documents, write)(WARDROBE, {"id": "coat", "userId": "ada", "price": float("nan")}, *etag)

    assert await documents.get(WARDROBE, "ada", "coat") == standing


def _nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value
