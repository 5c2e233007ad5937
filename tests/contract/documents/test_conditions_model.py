"""Does every adapter agree with the port's rules on any documents and any conditions?

The rules are written once more in plain Python, and Hypothesis looks for a difference.
"""

from __future__ import annotations

import operator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.documents.containers import JOBS
from shared.documents.port import Condition, Documents
from tests.contract.documents.build import ids_of, job

_MISSING = object()
_FIELDS = ["status", "f", "f.g"]
_COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}

_numbers = st.integers(-2, 2) | st.floats(-2, 2, allow_nan=False) | st.sampled_from([2**53, 1e300, 0.1])
# Up to U+FFFF, where the order of code points is the order of UTF-16 units too: one server only knows the latter.
_characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0", max_codepoint=0xFFFF)
_texts = st.text(_characters, max_size=2) | st.sampled_from(["1", "true", "null", "[]", "queued"])
_scalars = st.none() | st.booleans() | _numbers | _texts
_values = _scalars | st.just([]) | st.just([1]) | st.fixed_dictionaries({}, optional={"g": _scalars})
_members = st.fixed_dictionaries({}, optional={"status": _values, "f": _values})
_conditions = st.one_of(
    st.tuples(st.sampled_from(_FIELDS), st.sampled_from(["=", "!="]), _scalars),
    st.tuples(st.sampled_from(_FIELDS), st.sampled_from(list(_COMPARISONS)), _numbers | _texts),
    st.tuples(st.sampled_from(_FIELDS), st.just("in"), st.lists(_scalars, max_size=3)),
    st.tuples(st.sampled_from(_FIELDS), st.just("exists"), st.booleans()),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(bodies=st.lists(_members, min_size=1, max_size=5), where=st.lists(_conditions, min_size=1, max_size=2))
async def test_a_query_yields_what_the_rules_say(
    documents: Documents, bodies: list[dict[str, Any]], where: list[Condition]
) -> None:
    await _clear(documents)
    for n, members in enumerate(bodies):
        await documents.create(JOBS, job(f"job-{n}", **members))

    expected = [f"job-{n}" for n, members in enumerate(bodies) if all(_holds(members, one) for one in where)]

    assert await ids_of(documents, JOBS, where=where) == expected
    assert await documents.count(JOBS, where=where) == len(expected)


async def _clear(documents: Documents) -> None:
    async for document in documents.query(JOBS):
        await documents.delete(JOBS, document.body["scope"], document.body["id"], document.etag)


def _holds(body: Any, condition: Condition) -> bool:
    field, op, wanted = condition
    value = body
    for name in field.split("."):
        value = value.get(name, _MISSING) if isinstance(value, dict) else _MISSING
    if op == "exists":
        return (value is not _MISSING) == wanted
    if value is _MISSING:
        return False
    if op in ("=", "!="):
        return _is_same(value, wanted) == (op == "=")
    if op == "in":
        return any(_is_same(value, one) for one in wanted)
    return _type(value) == _type(wanted) and bool(_COMPARISONS[op](value, wanted))


def _is_same(value: Any, wanted: Any) -> bool:
    return _type(value) == _type(wanted) and bool(value == wanted)


def _type(value: Any) -> type:
    return float if type(value) is int else type(value)
