"""Which kind of item does a title name?"""

from __future__ import annotations

import pytest

from processors.taste.analysers.garments import (
    kinds_in_path,
    kinds_named,
    refined,
    section_of,
    with_broader,
    without_kinds,
)
from processors.taste.analysers.lexicon_garments import BROADER, REFINED, SECTIONS, WEAK
from processors.taste.analysers.lexicon_styles import STYLES, STYLES_OF_KINDS
from processors.taste.analysers.words import stems, tokens

KINDS = {kind for kinds in SECTIONS.values() for kind in kinds}


@pytest.mark.parametrize(
    ("title", "kinds"),
    [
        ("Cotton T-Shirt", ("t-shirts",)),
        ("Tshirt", ("t-shirts",)),
        ("Graphic Tee", ("t-shirts",)),
        ("Team Jersey", ("t-shirts",)),
        ("Piqué Polo", ("polo shirts",)),
        ("Linen Shirts", ("shirts",)),
        ("Skinny Jeans", ("jeans",)),
        ("Denim Shorts", ("shorts",)),
        ("Navy Short", ("shorts",)),
        ("Jogging Bottoms", ("track pants",)),
        ("Three-Piece Suit", ("suits",)),
        ("Swim Trunks", ("swimwear",)),
        ("Boxer Briefs", ("boxer briefs",)),
        ("Banarasi Silk Saree", ("sarees",)),
        ("Anarkali Kurti", ("kurtis",)),
        ("Running Trainers", ("sports shoes",)),
        ("Leather Oxford Shoes", ("formal shoes",)),
        ("Flip-Flops", ("flip flops",)),
        ("Block Heel Sandals", ("sandals",)),
        ("Ballet Flats", ("flats",)),
        ("Crossbody Bag", ("sling bags",)),
        ("Hand Bag", ("handbags",)),
        ("Rucksack 40 l", ("rucksacks",)),
        ("Hoop Earrings", ("earrings",)),
        ("Pendant Necklace", ("necklaces",)),
        ("Chronograph", ("watches",)),
        ("Watches", ("watches",)),
        ("Wayfarer", ("sunglasses",)),
        ("Wool Scarves", ("scarves",)),
        ("Eau de Parfum 100 ml", ("perfumes",)),
        ("Nail Paint", ("nail polish",)),
        ("Sipper", ("water bottles",)),
        ("Football", ("footballs",)),
    ],
)
def test_a_name_is_known_in_its_forms(title: str, kinds: tuple[str, ...]) -> None:
    assert kinds_named(tokens(title)) == kinds


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Shirt Dress", "dresses"),
        ("T-Shirt Dress", "dresses"),
        ("Jean Jacket", "jackets"),
        ("Watch Strap", "watch straps"),
        ("Belt Bag", "waist pouches"),
        ("Polo T-shirt", "polo shirts"),
        ("Football Boots", "sports shoes"),
        ("Slip-on Canvas Sneakers", "sneakers"),
        ("Wrap Dress", "dresses"),
    ],
)
def test_the_head_of_a_compound_counts(title: str, kind: str) -> None:
    assert kinds_named(tokens(title)) == (kind,)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Dress with Belt", "dresses"),
        ("Leather Strap for Apple Watch", "watch straps"),
        ("Blazer - goes with any Jeans", "blazers"),
        ("Sweatshirt, Hoodie, Pullover", "sweatshirts"),
        ("Blouse | Skirts & Tops", "blouses"),
        ("Pouch by Shirt Company", "pouches"),
    ],
)
def test_what_follows_a_title_s_first_part_is_detail(title: str, kind: str) -> None:
    assert kinds_named(tokens(title)) == (kind,)


@pytest.mark.parametrize("title", ["Short Sleeve Shirt", "Shirt Short Sleeve", "Tie-Dye Shirt", "Shirt Tie Neck"])
def test_phrases_that_only_sound_like_a_garment_name_none(title: str) -> None:
    assert kinds_named(tokens(title)) == ("shirts",)


def test_a_word_that_also_tells_how_something_is_made_yields_to_a_garment() -> None:
    assert kinds_named(tokens("Shoes Canvas")) == ("shoes",)


def test_the_more_exact_of_two_names_for_one_thing_counts() -> None:
    assert kinds_named(tokens("Backpack 16 l Bag")) == ("backpacks",)


@pytest.mark.parametrize("title", ["Shirt and Trousers", "Shirt & Trousers", "Shirt + Trousers"])
def test_two_joined_garments_both_count(title: str) -> None:
    assert kinds_named(tokens(title)) == ("shirts", "trousers")


@pytest.mark.parametrize("title", ["", "Air Force 1", "42", "----", "Zauberhaft"])
def test_a_title_that_names_no_garment_gives_none(title: str) -> None:
    assert kinds_named(tokens(title)) == ()


def test_the_last_part_of_a_category_path_counts() -> None:
    assert kinds_in_path(tokens("Clothing, Shoes & Jewelry > Women > Dresses")) == ("dresses",)


def test_a_style_makes_a_general_kind_exact() -> None:
    assert refined(("shoes",), ("leather", "formal")) == ("formal shoes",)


def test_a_particular_kind_brings_its_broader_name() -> None:
    assert with_broader(("polo shirts",)) == ("polo shirts", "t-shirts")


def test_a_garment_s_phrase_names_no_colour() -> None:
    assert [word.raw for word in without_kinds(tokens("Face Cream Black"))] == ["Black"]


def test_no_kind_stands_in_two_sections() -> None:
    assert sum(len(kinds) for kinds in SECTIONS.values()) == len(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_knows_its_own_name(kind: str) -> None:
    assert kinds_named(tokens(kind)) == (kind,)
    assert section_of(kind) in SECTIONS


def test_the_tables_speak_only_of_kinds_and_styles_that_exist() -> None:
    exact = {name for table in REFINED.values() for name in table.values()}
    assert BROADER.keys() | REFINED.keys() | STYLES_OF_KINDS.keys() | exact <= KINDS
    styles = {style for table in REFINED.values() for style in table} | {
        s for ss in STYLES_OF_KINDS.values() for s in ss
    }
    assert styles <= STYLES.keys()


def test_every_weak_form_names_a_kind() -> None:
    forms = {
        stems(form)
        for kinds in SECTIONS.values()
        for kind, forms in kinds.items()
        for form in (kind, *forms.split(","))
    }
    assert {stems(form) for form in WEAK.split(",")} <= forms
