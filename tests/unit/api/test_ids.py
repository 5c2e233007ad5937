"""Ids in paths: any id has exactly one form there, and survives the way."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import ids

ANY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


@given(ANY)
def test_any_id_survives_the_way_through_a_path(id: str) -> None:
    part = ids.encoded(id)

    assert ids.decoded(unquote(quote(part, safe="~"))) == id
    assert not set(part) & set("/%?#;\\ ")
    assert part not in (".", "..")


@pytest.mark.parametrize(
    "text", ["", "~", "a/b", "ä", "a b", "~!!", "~_w", "~YQ==", "~" + "A" * 5000, "x" * 129, "a\n", "~AA\n"]
)
def test_what_stands_for_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ids.decoded(text)
