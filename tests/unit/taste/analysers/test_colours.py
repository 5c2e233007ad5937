"""Which colours are named, and which pixels are left out?"""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from processors.taste.analysers.colour_words import ColourWord, agreed, colour_words
from processors.taste.analysers.colours import Look, colour_shares, colours_of
from processors.taste.analysers.palette import SHADES
from processors.taste.analysers.picture import Pixels, decode
from processors.taste.analysers.words import tokens
from tests.unit.taste.analysers.drawn import encoded, halves, item, worn_top


def _pixels(image: Image.Image) -> Pixels:
    return decode(encoded(image))


def _first(image: Image.Image, look: Look = Look()) -> str:  # noqa: B008 (immutable)
    return next(iter(colour_shares(_pixels(image), look)))


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#000000", "black"),
        ("#242424", "black"),
        ("#141b33", "navy blue"),
        ("#1f5fd0", "blue"),
        ("#87ceeb", "blue"),
        ("#808080", "grey"),
        ("#c8102e", "red"),
        ("#5c0f20", "maroon"),
        ("#ff8c1a", "orange"),
        ("#ffe119", "yellow"),
        ("#228b3c", "green"),
        ("#6b6b2f", "olive"),
        ("#0f7c7c", "teal"),
        ("#40e0d0", "turquoise"),
        ("#5b2a86", "purple"),
        ("#c4b0e0", "lavender"),
        ("#f06aa0", "pink"),
        ("#ffcba4", "peach"),
        ("#6f4a2f", "brown"),
        ("#d9c7a8", "beige"),
    ],
)
def test_people_would_call_it_so(colour: str, name: str) -> None:
    assert _first(item(colour)) == name


@pytest.mark.parametrize("name", SHADES)
def test_every_name_of_the_palette_is_the_name_of_its_own_shades(name: str) -> None:
    backdrop = "#7a3fb0" if name != "purple" else "#2fae52"
    assert {_first(item(f"#{shade}", backdrop=backdrop)) for shade in SHADES[name]} == {name}


@pytest.mark.parametrize("backdrop", ["#ffffff", "#e6e6e4", "#9a9a98", "#000000", "#2b6fb0"])
def test_the_backdrop_is_no_colour_of_the_item(backdrop: str) -> None:
    shares = colour_shares(_pixels(item("#c8102e", backdrop=backdrop)))
    assert shares["red"] > 0.9


def test_a_backdrop_that_fades_is_no_colour_of_the_item() -> None:
    faded = Image.linear_gradient("L").resize((120, 160)).point(lambda value: 150 + value // 4).convert("RGB")
    ImageDraw.Draw(faded).rectangle((30, 40, 90, 120), fill="#1e8c3a")
    assert colour_shares(_pixels(faded))["green"] > 0.9


def test_a_white_item_on_white_is_white() -> None:
    assert _first(item("#f0f0f0")) == "white"


def test_an_item_that_fills_the_picture_still_has_its_colour() -> None:
    assert _first(Image.new("RGB", (60, 80), "#c8102e")) == "red"


def test_see_through_pixels_have_no_colour() -> None:
    image = Image.new("RGBA", (60, 80), (255, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((15, 20, 45, 60), fill=(31, 95, 208, 255))
    assert colour_shares(_pixels(image))["blue"] > 0.9


def test_a_wholly_see_through_picture_has_no_colours() -> None:
    assert colour_shares(_pixels(Image.new("RGBA", (60, 80), (255, 0, 0, 0)))) == {}


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1), (3, 2)])
def test_the_smallest_pictures_have_a_colour(size: tuple[int, int]) -> None:
    assert _first(Image.new("RGB", size, "#c8102e")) == "red"


@pytest.mark.parametrize("skin", ["#f0cbb0", "#c98f6b", "#8d5a3c"], ids=["light", "medium", "dark"])
@pytest.mark.parametrize(("colour", "name"), [("#f0f0f0", "white"), ("#2fae52", "green"), ("#1a1a1c", "black")])
def test_the_wearer_is_no_colour_of_the_top(skin: str, colour: str, name: str) -> None:
    shares = colour_shares(_pixels(worn_top(colour, skin=skin)))
    assert next(iter(shares)) == name
    assert sum(shares.get(other, 0.0) for other in ("brown", "tan", "peach", "beige", "orange")) < 0.1


def test_a_skin_coloured_item_without_a_wearer_keeps_its_colour() -> None:
    assert _first(item("#a06a45", size=(160, 100)), Look(worn=False)) == "brown"


def test_what_shines_through_a_handle_is_no_colour_of_the_bag() -> None:
    bag = item("#6f4a2f", size=(160, 160))
    ImageDraw.Draw(bag).rectangle((60, 40, 100, 70), fill="#ffffff")
    assert "white" not in colours_of(colour_shares(_pixels(bag), Look(worn=False, has_openings=True)), ())


@pytest.mark.parametrize("shade", ["#d4af37", "#b8923d", "#a8842f", "#e0c070"])
def test_gold_jewellery_is_gold(shade: str) -> None:
    assert _first(item(shade), Look(worn=False, metal=True)) == "gold"


def test_a_brown_bag_is_not_gold() -> None:
    assert "gold" not in colours_of(colour_shares(_pixels(item("#85593a")), Look(worn=False)), ())


def test_both_colours_of_a_two_coloured_item_count() -> None:
    assert set(colours_of(colour_shares(_pixels(halves("#c8102e", "#1f5fd0"))), ())) == {"red", "blue"}


def test_a_tinted_light_is_taken_off() -> None:
    warm = item("#8c8478", backdrop="#f5eee2")
    assert _first(warm) == "grey"


def _said(title: str) -> tuple[ColourWord, ...]:
    return colour_words(tokens(title))


def test_the_title_wins_over_the_picture() -> None:
    assert colours_of({"black": 0.9, "grey": 0.1}, _said("Navy Shirt"))[0] == "navy blue"


def test_a_second_colour_has_to_show_clearly_beside_a_named_one() -> None:
    assert colours_of({"black": 0.88, "brown": 0.12}, _said("Black Shirt")) == ("black",)


def test_colours_named_together_both_count() -> None:
    assert colours_of({"orange": 1.0}, _said("Orange & White Striped Polo"))[:2] == ("orange", "white")


def test_the_longest_name_counts() -> None:
    assert [word.names for word in _said("Navy Blue, Off-White and Rose Gold")] == [
        ("navy blue",),
        ("off white",),
        ("rose gold",),
    ]


def test_a_word_of_two_meanings_counts_where_the_picture_shows_that_colour() -> None:
    assert agreed(_said("Wine Gown"), {"purple": 0.7, "grey": 0.3}) == ("purple",)


def test_a_word_of_two_meanings_is_dropped_where_the_picture_shows_another_colour() -> None:
    assert agreed(_said("Rose Print Shirt"), {"green": 1.0}) == ()


def test_a_particular_first_colour_brings_its_broader_name() -> None:
    assert colours_of({"lavender": 1.0}, ()) == ("lavender", "purple")


def test_there_are_never_more_than_three_colours() -> None:
    said = _said("Red Green Blue Yellow Black Shirt")
    assert colours_of({"pink": 0.5, "teal": 0.5}, said) == ("red", "green", "blue")
