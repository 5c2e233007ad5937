"""May an id be anything, and do callers only ever see the one they gave?"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.documents.containers import GATES, JOBS
from shared.documents.port import Documents
from shared.errors import Conflict, PreconditionFailed
from tests.contract.documents.build import ids_of, job

UNSAFE = [".", "..", "", "a/b", "a\\b", "a?b", "a#b", "trailing ", "é", "\U0001f457", "a\0b", "'; --", '"', "x" * 129]
_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=140) | st.sampled_from(UNSAFE)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


async def test_the_hash_of_an_id_does_not_reach_its_document(documents: Documents) -> None:
    await documents.create(JOBS, job("a/b"))

    assert await documents.get(JOBS, "ada", _sha256("a/b")) is None
    with pytest.raises(Conflict):
        await documents.create(JOBS, job(_sha256("a/b")))
    with pytest.raises(Conflict):
        await documents.upsert(JOBS, job(_sha256("a/b")))


async def test_an_id_whose_hash_is_taken_does_not_reach_the_taker(documents: Documents) -> None:
    taker = await documents.create(JOBS, job(_sha256("a/b")))

    assert await documents.get(JOBS, "ada", "a/b") is None
    with pytest.raises(Conflict):
        await documents.create(JOBS, job("a/b"))
    with pytest.raises(PreconditionFailed):
        await documents.replace(JOBS, job("a/b"), taker.etag)
    with pytest.raises(PreconditionFailed):
        await documents.delete(JOBS, "ada", "a/b", taker.etag)
    assert await documents.get(JOBS, "ada", _sha256("a/b")) == taker


async def test_the_hash_of_a_partition_is_another_partition(documents: Documents) -> None:
    await documents.create(JOBS, job("job-1", "x/y"))
    await documents.create(JOBS, job("job-2", _sha256("x/y")))

    assert await ids_of(documents, JOBS, partition="x/y") == ["job-1"]
    assert await ids_of(documents, JOBS, partition=_sha256("x/y")) == ["job-2"]
    assert await documents.get(JOBS, _sha256("x/y"), "job-1") is None


async def test_an_unsafe_id_may_be_the_partition_too(documents: Documents) -> None:
    created = await documents.create(GATES, {"id": "model:a/b"})

    assert await documents.get(GATES, "model:a/b", "model:a/b") == created
