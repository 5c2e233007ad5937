"""What stands in for an id that may not be stored as it is?"""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents import ids


@pytest.mark.parametrize(
    "value", ["a", "job-1", "ada|2026-11-23T09:00:00.000Z", "model:gpt", "a@b.c", "_", "...", "x" * 128]
)
def test_a_safe_id_stays_as_it_is(value: str) -> None:
    assert ids.safe(value) == value


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a b", "a\n", "é", "x" * 129])
def test_anything_else_becomes_its_sha256(value: str) -> None:
    assert ids.safe(value) == hashlib.sha256(value.encode()).hexdigest()


@given(st.text(st.characters(), max_size=200))
def test_what_comes_out_is_always_safe(value: str) -> None:
    stored = ids.safe(value)

    assert re.fullmatch(r"[A-Za-z0-9._:@|-]{1,128}", stored)
    assert stored not in (".", "..")
    assert ids.safe(stored) == stored


def test_a_compound_id_joins_its_parts() -> None:
    assert ids.compound("digest", "2026-11-23T09:00:00.000Z") == "digest|2026-11-23T09:00:00.000Z"


@given(
    st.lists(st.text("a|", max_size=3), min_size=1, max_size=4),
    st.lists(st.text("a|", max_size=3), min_size=1, max_size=4),
)
def test_different_parts_give_different_compound_ids(one: list[str], other: list[str]) -> None:
    assert (ids.compound(*one) == ids.compound(*other)) == (one == other)


def test_a_key_keeps_the_originals_only_when_one_was_replaced() -> None:
    assert ids.key("ada", "job-1") == ("ada", "job-1", None)
    assert ids.key("ada", "a/b") == ("ada", ids.safe("a/b"), '["ada", "a/b"]')
    assert ids.key("a/b", "job-1") == (ids.safe("a/b"), "job-1", '["a/b", "job-1"]')
