"""May an id be anything, and do callers only ever see the one they gave?"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.documents import ids
from shared.documents.containers import GATES, JOBS
from shared.documents.port import Documents
from shared.errors import Conflict, PreconditionFailed
from tests.contract.documents.build import ids_of, job

UNSAFE = [
    ".", "..", "", "a/b", "a\\b", "a?b", "a#b", "trailing ", "é", "\U0001f457", "a\0b", "'; --", '"', "x" * 129,
    "0" * 64, "~system",
]  # fmt: skip
_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=140) | st.sampled_from(UNSAFE)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(scope=_ANY_TEXT, id=_ANY_TEXT)
async def test_any_text_may_be_id_and_partition(documents: Documents, scope: str, id: str) -> None:
    written = await documents.upsert(JOBS, job(id, scope))

    assert written.body == job(id, scope)
    assert await documents.get(JOBS, scope, id) == written
    assert [document async for document in documents.query(JOBS, partition=scope, where=[("id", "=", id)])] == [written]


@pytest.mark.parametrize("id", UNSAFE)
async def test_an_unsafe_id_is_replaced_and_deleted_like_any_other(documents: Documents, id: str) -> None:
    created = await documents.create(JOBS, job(id, id))
    with pytest.raises(Conflict):
        await documents.create(JOBS, job(id, id))

    replaced = await documents.replace(JOBS, job(id, id, n=2), created.etag)
    assert await documents.get(JOBS, id, id) == replaced

    await documents.delete(JOBS, id, id, replaced.etag)
    assert await documents.get(JOBS, id, id) is None


async def test_unsafe_ids_never_meet(documents: Documents) -> None:
    for unsafe in UNSAFE:
        await documents.create(JOBS, job(unsafe))

    assert sorted(await ids_of(documents, JOBS, partition="ada")) == sorted(UNSAFE)


async def test_the_container_survives_a_delete_of_dots(documents: Documents) -> None:
    await documents.create(JOBS, job("job-1"))
    dots = await documents.create(JOBS, job(".."))

    await documents.delete(JOBS, "ada", "..", dots.etag)

    assert await ids_of(documents, JOBS) == ["job-1"]


async def test_conditions_on_id_and_partition_take_originals(documents: Documents) -> None:
    for body in [job("a/b", "x/y"), job("plain", "x/y"), job("a/b", "plain")]:
        await documents.create(JOBS, body)

    assert await documents.count(JOBS, where=[("id", "=", "a/b")]) == 2
    assert await documents.count(JOBS, where=[("id", "!=", "a/b")]) == 1
    assert await documents.count(JOBS, where=[("scope", "in", ["x/y", "nobody"])]) == 2
    assert await documents.count(JOBS, where=[("scope", "=", _sha256("x/y"))]) == 0
    assert await documents.count(JOBS, partition="x/y") == 2


@pytest.mark.parametrize("taken", ["a/b", "..", _sha256("a/b"), "x" * 200])
async def test_whoever_is_called_like_the_hash_of_an_id_has_a_place_of_their_own(
    documents: Documents, taken: str
) -> None:
    first = await documents.create(JOBS, job(_sha256(taken), n=1))
    second = await documents.create(JOBS, job(taken, n=2))

    third = await documents.upsert(JOBS, job(_sha256(_sha256(taken)), n=3))
    with pytest.raises(PreconditionFailed):
        await documents.replace(JOBS, job(taken), first.etag)
    with pytest.raises(PreconditionFailed):
        await documents.delete(JOBS, "ada", _sha256(taken), second.etag)

    assert await documents.get(JOBS, "ada", _sha256(taken)) == first
    assert await documents.get(JOBS, "ada", taken) == second
    assert await documents.get(JOBS, "ada", _sha256(_sha256(taken))) == third
    assert await documents.count(JOBS, where=[("id", "=", _sha256(taken))]) == 1
    assert await documents.count(JOBS, where=[("id", "in", [_sha256(taken), taken])]) == 2
    assert await documents.count(JOBS, partition="ada", where=[("id", "in", [_sha256(taken), taken, "a"])]) == 2


async def test_the_hash_of_a_partition_is_another_partition(documents: Documents) -> None:
    await documents.create(JOBS, job("job-1", "x/y"))
    await documents.create(JOBS, job("job-2", _sha256("x/y")))

    assert await ids_of(documents, JOBS, partition="x/y") == ["job-1"]
    assert await ids_of(documents, JOBS, partition=_sha256("x/y")) == ["job-2"]
    assert await documents.get(JOBS, _sha256("x/y"), "job-1") is None


async def test_the_apps_own_partition_is_none_that_an_id_gives(documents: Documents) -> None:
    own = ids.own("run", "digest|2026-W48")
    created = await documents.create(JOBS, job("job-1", own, n=1))
    strangers = await documents.create(JOBS, job("job-1", str(own), n=2))

    assert await documents.get(JOBS, own, "job-1") == created
    assert await documents.get(JOBS, str(own), "job-1") == strangers
    assert [document async for document in documents.query(JOBS, partition=own)] == [created]
    assert [document async for document in documents.query(JOBS, partition=str(own))] == [strangers]
    assert await documents.count(JOBS, partition=own) == 1
    with pytest.raises(PreconditionFailed):
        await documents.delete(JOBS, str(own), "job-1", created.etag)


@pytest.mark.parametrize("id", ["job-1", "a/b"])
async def test_the_apps_own_partition_comes_back_as_such(documents: Documents, id: str) -> None:
    own = ids.own("run", "digest|2026-W48")
    written = await documents.create(JOBS, job(id, own))
    (queried,) = [document async for document in documents.query(JOBS, select=["scope", "id"])]
    replaced = await documents.replace(JOBS, {**queried.body, "n": 1}, written.etag)
    upserted = await documents.upsert(JOBS, {**replaced.body, "n": 2})
    read = await documents.get(JOBS, upserted.body["scope"], id)

    assert read is not None
    assert read.body == {"id": id, "scope": own, "n": 2}
    await documents.delete(JOBS, read.body["scope"], id, read.etag)
    assert await documents.count(JOBS) == 0


async def test_an_unsafe_id_may_be_the_partition_too(documents: Documents) -> None:
    created = await documents.create(GATES, {"id": "model:a/b"})

    assert await documents.get(GATES, "model:a/b", "model:a/b") == created
