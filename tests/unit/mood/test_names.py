"""Which names are brought together, and which stored mood is one of them?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from processors.mood.found import RawMood
from processors.mood.links import linked
from processors.mood.names import Name, groups_of, matches
from shared.models.embeddings import decoded, encoded


def at_angle(cosine: float, *, axis: int = 1) -> Any:
    """Return the unit vector whose cosine with the first axis is `cosine`."""
    vector = np.zeros(4, dtype=np.float32)
    vector[0], vector[axis] = cosine, math.sqrt(1 - cosine**2)
    return vector


FIRST = at_angle(1.0)


def name(called: str, vector: Any, *, primary: str = "resort", items: int = 1) -> Name:
    """Return a name with so many items."""
    ids = tuple(f"{called}-{n}" for n in range(items))
    raw = RawMood(primary, called, (), "", {"keyPieces": []}, ids)
    return Name(primary, called, [raw], set(ids), vector)


def stored(called: str, vector: Any, *, primary: str = "resort") -> dict[str, Any]:
    """Return a stored mood with this vector."""
    return {"id": called, "primaryMood": primary, "name": called, "embedding": encoded(vector)}


def called(groups: Any) -> list[tuple[str, ...]]:
    """Return the names of each group."""
    return [tuple(one.name for one in group.names) for group in groups]


@pytest.mark.parametrize(("cosine", "together"), [(0.95, True), (0.881, True), (0.879, False), (0.5, False)])
def test_names_of_one_primary_mood_meet_from_a_cosine_of_88(cosine: float, together: bool) -> None:
    groups = groups_of([name("a", FIRST), name("b", at_angle(cosine))])

    assert (len(groups) == 1) is together


def test_names_of_two_primary_moods_never_meet() -> None:
    assert len(groups_of([name("a", FIRST), name("a", FIRST, primary="edgy")])) == 2


def test_names_meet_through_others() -> None:
    middle, far = at_angle(math.cos(0.4)), at_angle(math.cos(0.8))

    assert float(FIRST @ far) < 0.88
    assert called(groups_of([name("a", FIRST), name("b", middle), name("c", far)])) == [("a", "b", "c")]


def test_a_group_is_called_by_its_most_items_then_by_the_alphabet() -> None:
    some = [name("b", FIRST), name("a", FIRST), name("c", FIRST, items=2)]

    assert called(groups_of(some)) == [("c", "a", "b")]
    assert called(groups_of(some[::-1])) == [("c", "a", "b")]


def test_a_name_without_a_vector_stands_alone() -> None:
    assert called(groups_of([name("a", None), name("b", FIRST)])) == [("a",), ("b",)]


def test_the_closest_stored_mood_of_the_same_primary_mood_is_found() -> None:
    groups = groups_of([name("a", FIRST)])

    (match,) = matches(
        groups, [stored("far", at_angle(0.2)), stored("near", at_angle(0.9)), stored("other", FIRST, primary="edgy")]
    )

    assert match is not None
    assert match.stored["id"] == "near"
    assert match.cosine == pytest.approx(0.9, abs=1e-6)


def test_what_has_no_vector_or_nobody_to_compare_with_has_no_match() -> None:
    groups = groups_of([name("a", None), name("b", FIRST, primary="edgy")])

    assert matches(groups, [stored("x", FIRST)]) == [None, None]
    assert matches(groups, []) == [None, None]


def test_vectors_are_kept_as_little_endian_float32() -> None:
    rows = np.array([[1.5, -2.0], [0.25, 3.0]], dtype=np.float32)

    assert encoded(rows[0]) == "AADAPwAAAMA="
    assert np.array_equal(decoded([encoded(row) for row in rows]), rows)


@pytest.mark.parametrize("texts", [["AADAPwAAAMA=", "AADAPw=="], ["AAA="]])
def test_vectors_of_different_lengths_are_refused(texts: list[str]) -> None:
    with pytest.raises(ValueError, match="vectors"):
        decoded(texts)


def test_clusters_are_of_what_hangs_together() -> None:
    pairs = np.eye(5, dtype=bool)
    pairs[0, 3] = pairs[3, 0] = pairs[3, 4] = pairs[4, 3] = True

    assert linked(pairs) == [[0, 3, 4], [1], [2]]
