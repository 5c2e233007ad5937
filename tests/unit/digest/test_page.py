"""Is a digest's page whole, and can nothing that strangers wrote change it?"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from selectolax.lexbor import LexborHTMLParser

from processors import schemas
from processors.digest.content import with_suggestions
from processors.digest.model import Digest
from processors.digest.page import CHART_HEIGHT, CHART_WIDTH, bars, render
from processors.digest.suggestions import RULES, by_rules, candidates
from tests.unit.digest.build import around, drafted, inputs, item, mood, scraped, taste, worn

EVIL = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{ 7*7 }}"


def whole(text: str = "Linen dress", *, url: str = "https://shop.example/a", palette: str = "#fafafa") -> Digest:
    """Return a digest that has every section, and `text` wherever a stranger's text can be."""
    title = f"{text} linen"
    of = inputs(
        worn("a", 3, "2026-11-20", title=title, category=text, priceMicroUsd=30_000_000),
        worn("b", 1, "2026-01-01", title=title, priceMicroUsd=90_000_000), item("c", title=title),
        taste=taste(linen=2.0),
        feedback=({"item": "z", "title": title, "verdict": "down", "updatedAt": "2026-11-22T09:00:00.000Z"},),
    )  # fmt: skip
    sea = mood(f"{text} linen", palette=(palette,))
    draft = drafted(of, around(sea, items=(scraped("x", title, url=url, priceMicro=1_299_000_000, currency=text),)))
    made = with_suggestions(draft.digest, by_rules(candidates(of, draft)), RULES)
    return made.model_copy(update={"userId": text})


def test_every_section_is_on_the_page() -> None:
    page = LexborHTMLParser(render(whole()))

    titles = [heading.text() for heading in page.css("h2")]
    assert titles == ["Try this week", "In the air, and yours", "Found for you", "Worn most", "Waiting for you",
                      "Your wardrobe", "What a wearing costs", "What your feedback changed"]  # fmt: skip
    assert "1,299.00" in page.body.text()  # type: ignore[union-attr]


def test_sections_without_anything_are_left_out() -> None:
    page = LexborHTMLParser(render(drafted(inputs(item("a"))).digest))

    assert [heading.text() for heading in page.css("h2")] == ["Your wardrobe"]


def test_nothing_that_strangers_wrote_becomes_markup() -> None:
    page = LexborHTMLParser(render(whole(EVIL)))

    assert page.css("script, img, iframe, object, form, svg[onload]") == []
    assert not any(name.startswith("on") for tag in page.css("*") for name in tag.attributes)
    assert "{{ 7*7 }}" in page.body.text()  # type: ignore[union-attr]


def test_characters_that_neither_html_nor_xml_allows_are_left_out() -> None:
    hostile = "ab\x00c\x07d\x1b[31me\x7ff\x9bg\x0bh\ud800i\ufffej\U0001fffek\tl\nm"

    text = render(whole(hostile, url=f"https://shop.example/{hostile}"))

    assert re.search(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]", text) is None
    assert "\U0001fffe" not in text
    assert "abcd[31mefghijk\tl\nm" in text
    text.encode()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "file:///etc/passwd", "https://[::1"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    page = LexborHTMLParser(render(whole(url=url)))

    assert page.css("a") == []


@pytest.mark.parametrize("palette", ["red;background:url(https://evil.example)", "#12345", "expression(1)", "#FFFFFF"])
def test_only_colours_become_styles(palette: str) -> None:
    text = render(whole(palette=palette))

    assert "evil.example" not in text
    assert "expression" not in text
    assert "#888888" in text


def test_the_page_fetches_nothing() -> None:
    page = LexborHTMLParser(render(whole()))

    assert page.css("link, img, script, [src]") == []
    assert "@import" not in page.html  # type: ignore[operator]
    assert "url(" not in page.html  # type: ignore[operator]


def test_the_page_has_a_dark_side_and_fits_a_narrow_screen() -> None:
    text = render(whole())

    assert "prefers-color-scheme: dark" in text
    assert "width=device-width" in text
    assert not re.search(r"(?<!max-)(?<!-)width: [4-9]\d\dpx", text)


def test_the_chart_is_a_whole_drawing() -> None:
    drawing = re.search(r"<svg.*?</svg>", render(whole()), re.DOTALL)

    assert drawing is not None
    assert len(ElementTree.fromstring(drawing[0]).findall("rect")) == 8


@pytest.mark.parametrize("counts", [[], [0, 0], [1], [5, 0, 10], [3] * 8])
def test_bars_stay_inside_the_chart(counts: list[int]) -> None:
    for bar in bars(counts):
        assert bar["x"] >= 0
        assert bar["x"] + bar["width"] <= CHART_WIDTH + 0.5
        assert bar["y"] >= 0
        assert bar["y"] + bar["height"] <= CHART_HEIGHT + 0.5


@pytest.mark.parametrize("digest", [whole(), drafted(inputs(item("a"))).digest], ids=["whole", "least"])
def test_a_digest_follows_its_published_schema(digest: Digest) -> None:
    schema = schemas.schemas()["digest.schema.json"]

    assert list(Draft202012Validator(schema).iter_errors(digest.model_dump(mode="json"))) == []
    assert not Draft202012Validator(schema).is_valid({**digest.model_dump(mode="json"), "schemaVersion": 2})
