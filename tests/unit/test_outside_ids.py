"""Is whatever one way takes as an id taken by the other, too?"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from processors.taste.model import TasteJob
from shared.outside_ids import problem_of


def a_like_names(id: str) -> bool:
    """Return whether a taste job may have that id."""
    try:
        TasteJob.model_validate({"user_id": id, "item_id": id, "image_url": "a.png"})
    except ValidationError:
        return False
    return True


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("a\x00b")
@example("a\n")
@example("\u00a0a")
@example("x" * 512)
@example("x" * 513)
@example("👒" * 512)
def test_an_id_is_one_just_when_a_like_can_name_it(id: str) -> None:
    assert (problem_of(id) is None) == a_like_names(id)


@pytest.mark.parametrize(
    ("id", "says"),
    [("", "is empty"), ("a\x00b", "control character"), (" a", "blank"), ("x" * 513, "513 characters; up to 512")],
)
def test_what_is_wrong_is_said(id: str, says: str) -> None:
    assert says in (problem_of(id) or "")
