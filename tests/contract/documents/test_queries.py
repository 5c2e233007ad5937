"""Does every adapter answer queries as the port says?"""

from __future__ import annotations

from typing import Any

import pytest

from shared.documents.containers import ALERT_STATES, JOBS, RUNS
from shared.documents.port import Condition, Documents
from tests.contract.documents.build import ids_of, job

_VALUES: dict[str, Any] = {
    "zero": 0,
    "one": 1,
    "one-and-a-half": 1.5,
    "two": 2,
    "text-1": "1",
    "text-b": "b",
    "true": True,
    "false": False,
    "null": None,
    "list": [1],
    "object": {"f": 1},
}


@pytest.fixture
async def values(documents: Documents) -> Documents:
    """One document of each JSON type in member ``f``, and one without it."""
    for name, value in _VALUES.items():
        await documents.create(JOBS, job(name, f=value))
    await documents.create(JOBS, job("missing"))
    return documents


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("f", "=", 1), {"one"}),
        (("f", "=", 1.0), {"one"}),
        (("f", "=", "1"), {"text-1"}),
        (("f", "=", True), {"true"}),
        (("f", "=", False), {"false"}),
        (("f", "=", None), {"null"}),
        (("f", "=", "[1]"), set()),
        (("f", "=", "null"), set()),
        (("f", "!=", 1), set(_VALUES) - {"one"}),
        (("f", "!=", "1"), set(_VALUES) - {"text-1"}),
        (("f", "!=", True), set(_VALUES) - {"true"}),
        (("f", "!=", None), set(_VALUES) - {"null"}),
        (("f", "<", 1), {"zero"}),
        (("f", "<=", 1), {"zero", "one"}),
        (("f", ">", 1), {"one-and-a-half", "two"}),
        (("f", ">=", 1.5), {"one-and-a-half", "two"}),
        (("f", "<", "b"), {"text-1"}),
        (("f", "<=", "b"), {"text-1", "text-b"}),
        (("f", ">", "1"), {"text-b"}),
        (("f", ">=", ""), {"text-1", "text-b"}),
        (("f", "in", [1, "b", None, True]), {"one", "text-b", "null", "true"}),
        (("f", "in", ["1", "b"]), {"text-1", "text-b"}),
        (("f", "in", [0, 2]), {"zero", "two"}),
        (("f", "in", []), set()),
        (("f", "exists", True), set(_VALUES)),
        (("f", "exists", False), {"missing"}),
        (("f.f", "=", 1), {"object"}),
        (("f.f", "exists", False), {"missing", *_VALUES} - {"object"}),
        (("f.0", "exists", True), set()),
        (("g", "!=", 1), set()),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
async def test_a_condition_matches_by_value_and_type(
    values: Documents, condition: Condition, expected: set[str]
) -> None:
    assert set(await ids_of(values, JOBS, where=[condition])) == expected
    assert await values.count(JOBS, where=[condition]) == len(expected)


@pytest.mark.parametrize("field", ["status", "title"])
async def test_an_indexed_member_is_asked_like_any_other(documents: Documents, field: str) -> None:
    for name, value in _VALUES.items():
        await documents.create(JOBS, job(name, **{field: value}))

    assert await ids_of(documents, JOBS, where=[(field, "=", "1")]) == ["text-1"]
    assert await ids_of(documents, JOBS, where=[(field, ">", "1")]) == ["text-b"]
    assert await ids_of(documents, JOBS, where=[(field, "in", ["1", 2])]) == ["text-1", "two"]


async def test_some_of_a_partition_are_found_by_a_member_that_it_is_in_order_of(documents: Documents) -> None:
    for name, value in {**_VALUES, "nul": "b\0c", "other": "c"}.items():
        await documents.create(RUNS, {"id": name, "name": "digest", "slotAt": value})
        await documents.create(RUNS, {"id": name, "name": "mood", "slotAt": value})

    async def found(*values: Any, order_by: str | None = None) -> list[str]:
        where: list[Condition] = [("slotAt", "in", list(values))]
        ids = await ids_of(documents, RUNS, partition="digest", where=where, order_by=order_by)
        assert await documents.count(RUNS, partition="digest", where=where) == len(ids)
        return ids

    assert set(await found("1", "b", "nobody's")) == {"text-1", "text-b"}
    assert await found("c", "b", order_by="-slotAt") == ["other", "text-b"]
    assert await found("b\0c") == ["nul"]
    assert await found() == []


async def test_what_has_a_member_is_told_from_what_has_not(documents: Documents) -> None:
    for name, value in _VALUES.items():
        await documents.create(JOBS, job(name, status="dead", raw=value))
        state = {"id": name, "clientId": "acme", "rule": name, "state": {"firedAt": value}}
        await documents.create(ALERT_STATES, state)
    await documents.create(JOBS, job("missing", status="dead"))
    await documents.create(ALERT_STATES, {"id": "missing", "clientId": "acme", "rule": "missing", "state": {}})

    dead: Condition = ("status", "=", "dead")
    assert await ids_of(documents, JOBS, where=[dead, ("raw", "exists", False)]) == ["missing"]
    assert await documents.count(JOBS, where=[dead, ("raw", "exists", False)]) == 1
    assert await documents.count(JOBS, where=[dead, ("raw", "exists", True)]) == len(_VALUES)
    fired: Condition = ("state.firedAt", "exists", True)
    assert await documents.count(ALERT_STATES, partition="acme", where=[fired]) == len(_VALUES)
    asked = ids_of(documents, ALERT_STATES, partition="acme", where=[fired], order_by="rule")
    assert await asked == sorted(_VALUES)


async def test_every_condition_must_hold(values: Documents) -> None:
    assert await ids_of(values, JOBS, where=[("f", ">", 0), ("f", "<", 2), ("f", "!=", 1)]) == ["one-and-a-half"]


async def test_a_dotted_field_looks_inside(documents: Documents) -> None:
    await documents.create(JOBS, job("early", claim={"until": "2026-11-23T09:00:00.000Z"}))
    await documents.create(JOBS, job("late", claim={"until": "2026-11-23T10:00:00.000Z"}))
    await documents.create(JOBS, job("unclaimed", claim=None))

    assert await ids_of(documents, JOBS, where=[("claim.until", "<", "2026-11-23T09:30:00.000Z")]) == ["early"]


@pytest.mark.parametrize("text", ["a\0b", "a\0c", "a", "it's", 'say "x"', "back\\slash", "été", "\U0001f457", "\n", ""])
async def test_a_text_is_found_by_exactly_itself(documents: Documents, text: str) -> None:
    others = ["a\0", "A", "its", "e\u0301te", " "]
    for n, value in enumerate([text, *others]):
        await documents.create(JOBS, job(f"job-{n}", title=value))

    assert await ids_of(documents, JOBS, where=[("title", "=", text)]) == ["job-0"]


@pytest.mark.parametrize("number", [0.1, 1e-300, 1.7976931348623157e308, 2**53, -(2**53), 5e-324, 0.1 + 0.2])
async def test_a_number_is_found_to_its_last_digit(documents: Documents, number: float) -> None:
    await documents.create(JOBS, job(weight=number))

    assert await documents.count(JOBS, where=[("weight", "=", number)]) == 1


async def test_a_partition_is_searched_alone_and_none_searches_all(documents: Documents) -> None:
    await documents.create(JOBS, job("job-1", "ada"))
    await documents.create(JOBS, job("job-2", "bob"))

    assert await ids_of(documents, JOBS, partition="bob") == ["job-2"]
    assert set(await ids_of(documents, JOBS)) == {"job-1", "job-2"}
    assert await documents.count(JOBS, partition="bob") == 1
    assert await documents.count(JOBS) == 2


async def test_an_unused_container_is_empty(documents: Documents) -> None:
    assert await ids_of(documents, JOBS) == []
    assert await documents.count(JOBS) == 0


async def test_order_by_sorts_up_or_down(documents: Documents) -> None:
    for body in [job("a", n=2), job("b", n=10), job("c", n=1)]:
        await documents.create(JOBS, body)

    assert await ids_of(documents, JOBS, order_by="n") == ["c", "a", "b"]
    assert await ids_of(documents, JOBS, order_by="-n") == ["b", "a", "c"]


async def test_order_by_leaves_out_what_has_no_value_there(documents: Documents) -> None:
    await documents.create(JOBS, job("a", n=1))
    await documents.create(JOBS, job("b"))
    await documents.create(JOBS, job("c", n=None))

    assert await ids_of(documents, JOBS, order_by="n") == ["a"]
    assert await ids_of(documents, JOBS, order_by="-n") == ["a"]


async def test_order_by_looks_inside_too(documents: Documents) -> None:
    await documents.create(JOBS, job("a", claim={"until": "2"}))
    await documents.create(JOBS, job("b", claim={"until": "1"}))

    assert await ids_of(documents, JOBS, order_by="claim.until") == ["b", "a"]


async def test_text_is_ordered_by_code_point(documents: Documents) -> None:
    texts = ["", " ", "A", "B", "a", "z", "é", "\uffff", "\U0001f457"]
    for n, text in enumerate(texts):
        await documents.create(JOBS, job(f"job-{n}", title=text))

    assert await ids_of(documents, JOBS, order_by="title") == [f"job-{n}" for n in range(len(texts))]


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 4])
async def test_limit_cuts_the_answer(documents: Documents, limit: int) -> None:
    for n in range(3):
        await documents.create(JOBS, job(f"job-{n}", n=n))

    assert await ids_of(documents, JOBS, order_by="-n", limit=limit) == ["job-2", "job-1", "job-0"][:limit]


async def test_select_cuts_bodies_to_those_members_and_keeps_their_etags(documents: Documents) -> None:
    created = await documents.create(JOBS, job(status="queued", claim={"token": "a", "until": "b"}, big="x" * 100))

    [found] = [document async for document in documents.query(JOBS, select=["id", "claim", "unknown"])]

    assert found.body == {"id": "job-1", "claim": {"token": "a", "until": "b"}}
    assert found.etag == created.etag


async def test_a_query_yields_documents_that_can_be_replaced(documents: Documents) -> None:
    await documents.create(JOBS, job(n=1))

    async for document in documents.query(JOBS):
        await documents.replace(JOBS, document.body | {"n": 2}, document.etag)

    assert await documents.count(JOBS, where=[("n", "=", 2)]) == 1


@pytest.mark.parametrize("order_by", [None, "n", "-n", "rescueAt", "-rescueAt"])
@pytest.mark.parametrize("partition", [None, "ada"])
async def test_many_pages_give_each_document_once(
    documents: Documents, order_by: str | None, partition: str | None
) -> None:
    for n in range(700):
        await documents.create(JOBS, job(f"job-{n}", n=n % 3, rescueAt=f"2026-11-{n % 7 + 10}"))

    found = await ids_of(documents, JOBS, partition=partition, order_by=order_by)

    assert len(found) == 700
    assert set(found) == {f"job-{n}" for n in range(700)}


async def test_a_limit_may_span_pages(documents: Documents) -> None:
    for n in range(300):
        await documents.create(JOBS, job(f"job-{n:03}", n=n))

    assert await ids_of(documents, JOBS, order_by="n", limit=250) == [f"job-{n:03}" for n in range(250)]


async def test_whoever_reads_may_write_meanwhile(documents: Documents) -> None:
    for n in range(300):
        await documents.create(JOBS, job(f"job-{n}", status="dead", rescueAt="2026-11-23"))

    seen = []
    async for document in documents.query(JOBS, where=[("status", "=", "dead")], order_by="rescueAt"):
        seen.append(document.body["id"])
        if len(seen) % 2:
            await documents.replace(JOBS, document.body | {"status": "queued"}, document.etag)
        else:
            await documents.delete(JOBS, "ada", document.body["id"], document.etag)

    assert sorted(seen) == sorted(f"job-{n}" for n in range(300))
    assert await documents.count(JOBS) == 150


async def test_a_query_may_be_left_in_the_middle(documents: Documents) -> None:
    for n in range(300):
        await documents.create(JOBS, job(f"job-{n}"))

    async for _ in documents.query(JOBS):
        break

    assert await documents.count(JOBS) == 300


@pytest.mark.parametrize(
    "query",
    [
        {"where": [("f", "~", 1)]},
        {"where": [("f", "<", None)]},
        {"where": [("f", ">", True)]},
        {"where": [("f", "=", {"a": 1})]},
        {"where": [("f", "=", float("nan"))]},
        {"where": [("f", "in", "text")]},
        {"where": [("f", "in", [[1]])]},
        {"where": [("f", "exists", 1)]},
        {"where": [("", "=", 1)]},
        {"where": [("f'--", "=", 1)]},
        {"where": [('f"', "=", 1)]},
        {"where": [("f..g", "=", 1)]},
        {"order_by": "--n"},
        {"order_by": "n]"},
        {"limit": -1},
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
async def test_a_question_that_adapters_could_answer_differently_is_refused(
    documents: Documents, query: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"."):
        await ids_of(documents, JOBS, **query)
