"""What is refused where a wardrobe's item comes in?"""

from __future__ import annotations

import pytest

from processors.wardrobe.checks import check_address, check_id
from shared.errors import Permanent


def test_an_id_that_no_like_can_name_is_refused() -> None:
    check_id("item_id", "../hat/ü")

    with pytest.raises(Permanent, match="item_id holds a control character") as refused:
        check_id("item_id", "hat\x00")

    assert refused.value.code == "id_refused"


@pytest.mark.parametrize(
    ("url", "says"),
    [("https://ada:secret@shop.example/hat.jpg", "carries a user name"), ("https://x/" + "y" * 2048, "more than 2048")],
)
def test_an_address_that_no_like_can_have_is_refused_and_not_repeated(url: str, says: str) -> None:
    check_address("https://shop.example/@ada/hat.jpg?v=1")

    with pytest.raises(Permanent, match=says) as refused:
        check_address(url)

    assert "secret" not in str(refused.value)
