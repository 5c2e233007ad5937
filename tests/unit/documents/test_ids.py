"""What stands in for an id that may not be stored as it is, and can two ids ever have the same place?"""

from __future__ import annotations

import copy
import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents import ids


def _sha256(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


_SEEDS = st.sampled_from(
    ["", ".", "..", "a", "a/b", "a|b", "~system", "~run|digest", "x" * 129, "é", "A" * 64, "0" * 64]
)
_SEEDS_OF_LISTS = st.lists(_SEEDS, min_size=1, max_size=3)
_CHOSEN = st.one_of(
    st.text(st.characters(), max_size=200),
    _SEEDS,
    _SEEDS.map(_sha256),
    _SEEDS.map(_sha256).map(_sha256),
    _SEEDS.map(_sha256).map(str.upper),
    _SEEDS_OF_LISTS.map("|".join),
    _SEEDS_OF_LISTS.map("|".join).map(_sha256),
    _SEEDS_OF_LISTS.map("/".join),
    _SEEDS_OF_LISTS.map(lambda parts: ids.compound(*parts)).map(_sha256),
    _SEEDS.map(lambda part: ids.own("run", part)).map(str),
)
"""Ids as somebody would choose them who wants another's place: hashes of what others are called, hashes of those…"""
_PARTS = st.lists(_CHOSEN, min_size=1, max_size=4)


@pytest.mark.parametrize(
    "value", ["a", "job-1", "ada|2026-11-23T09:00:00.000Z", "model:gpt", "a@b.c", "_", "...", "x" * 128, "a" * 63]
)
def test_a_safe_id_stays_as_it_is(value: str) -> None:
    assert ids.safe(value) == value


@pytest.mark.parametrize(
    "value", ["", ".", "..", "a/b", "a b", "a\n", "é", "x" * 129, "~system", "0" * 64, "abcdef01" * 8, "ABCDEF01" * 8]
)
def test_anything_else_becomes_its_sha256(value: str) -> None:
    assert ids.safe(value) == _sha256(value)


@given(_CHOSEN)
def test_what_comes_out_is_always_safe(value: str) -> None:
    stored = ids.safe(value)

    assert re.fullmatch(r"[A-Za-z0-9._:@|-]{1,128}", stored)
    assert stored not in (".", "..")


@given(_CHOSEN, _CHOSEN)
def test_different_ids_have_different_places(one: str, other: str) -> None:
    assert (ids.safe(one) == ids.safe(other)) == (one == other)
    assert (ids.safe(one) == ids.safe(_sha256(other))) == (one == _sha256(other))
    assert (ids.key(one, other) == ids.key(other, one)) == (one == other)


def test_a_compound_id_joins_its_parts() -> None:
    assert ids.compound("digest", "2026-11-23T09:00:00.000Z") == "digest|2026-11-23T09:00:00.000Z"


@given(_PARTS, _PARTS)
def test_different_parts_have_different_places(one: list[str], other: list[str]) -> None:
    assert (ids.safe(ids.compound(*one)) == ids.safe(ids.compound(*other))) == (one == other)


@given(
    st.lists(st.text("a|", max_size=3), min_size=1, max_size=4),
    st.lists(st.text("a|", max_size=3), min_size=1, max_size=4),
)
def test_parts_are_told_apart_however_they_are_cut(one: list[str], other: list[str]) -> None:
    assert (ids.compound(*one) == ids.compound(*other)) == (one == other)


@given(_PARTS, st.data())
def test_a_part_that_looks_like_the_hash_of_another_is_not_taken_for_it(parts: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(parts) - 1))
    forged = [*parts[:at], _sha256(parts[at]), *parts[at + 1 :]]

    assert ids.safe(ids.compound(*parts)) != ids.safe(ids.compound(*forged))


@given(_PARTS, _PARTS)
def test_blobs_in_folders_have_names_of_their_own(one: list[str], other: list[str]) -> None:
    names = ["/".join(map(ids.safe, parts)) for parts in (one, other)]

    assert (names[0] == names[1]) == (one == other)
    assert names[0].startswith(f"{ids.safe(one[0])}/") or len(one) == 1
    if len(other) > 1:  # whoever lists a user's folder sees nobody else's
        assert names[1].startswith(f"{ids.safe(one[0])}/") == (one[0] == other[0])


@given(_CHOSEN)
def test_no_id_from_outside_gives_a_partition_of_the_apps_own(value: str) -> None:
    for own in (ids.own("system"), ids.own("queue", value), ids.own("run", "digest|2026-W48")):
        assert ids.safe(own) == own
        assert ids.safe(str(own)) != own
        assert ids.safe(value) != own


@given(st.sampled_from(["run", "runs", "queue"]), _CHOSEN, st.sampled_from(["run", "runs", "queue"]), _CHOSEN)
def test_the_apps_own_partitions_differ_too(name: str, part: str, other_name: str, other_part: str) -> None:
    one, other = ids.own(name, part), ids.own(other_name, other_part)

    assert (one == other) == ((name, part) == (other_name, other_part))
    assert ids.own(name) not in (one, other)


def test_the_apps_own_partitions_are_readable() -> None:
    assert ids.own("system") == "~system"
    assert ids.own("run", "digest|2026-W48") == "~run|digest|2026-W48"
    assert ids.own("queue", "a b") == f"~queue|{_sha256('a b')}"
    with pytest.raises(ValueError, match="a word"):
        ids.own("a|b")


def test_only_the_value_itself_is_the_apps_own() -> None:
    own = ids.own("run", "digest")

    assert ids.key(copy.deepcopy(own), "a") == ("~run|digest", "a")
    for text in (json.loads(json.dumps(own)), f"{own}", own[:], own + ""):
        assert ids.key(text, "a") == (_sha256("~run|digest"), "a")
