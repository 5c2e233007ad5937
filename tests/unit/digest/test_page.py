"""Is a digest's page whole, and can nothing that strangers wrote change it?"""

from __future__ import annotations

import re

import pytest
from jsonschema import Draft202012Validator
from selectolax.lexbor import LexborHTMLParser

from processors import schemas
from processors.digest.content import with_suggestions
from processors.digest.links import Links
from processors.digest.model import Category, Digest, Week
from processors.digest.page import CHART_HEIGHT, MAX_BYTES, bars, render, shares, standing_alone
from processors.digest.person import Person
from processors.digest.suggestions import RULES, by_rules, candidates
from tests.unit.digest.build import WEEK, around, drafted, inputs, item, mood, scraped, taste, worn

EVIL = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{ 7*7 }}"


def whole(text: str = "Linen dress", *, url: str = "https://shop.example/a", palette: str = "#fafafa") -> Digest:
    """Return a digest that has every section, and `text` wherever a stranger's text can be."""
    title = f"{text} linen"
    of = inputs(
        *(worn(f"a{n}", 9, "2026-11-20", title=title, category=text) for n in range(5)),
        worn("b", 1, "2026-01-01", title=title), item("c", title=f"New {title}"),
        worn("d", 2, "2026-10-20", title=title, priceMicroUsd=50_000_000),
        taste=taste(linen=2.0),
        feedback=({"item": "z", "title": title, "verdict": "down", "updatedAt": "2026-11-22T09:00:00.000Z"},),
    )  # fmt: skip
    sea = mood(f"{text} linen", palette=(palette,))
    draft = drafted(of, around(sea, items=(scraped("x", title, url=url, priceMicro=1_299_000_000, currency=text),)))
    made = with_suggestions(draft.digest, by_rules(candidates(of, draft))[:1], RULES)
    return made.model_copy(update={"userId": text})


def test_every_section_is_on_the_page() -> None:
    page = LexborHTMLParser(render(whole()))

    titles = [heading.text() for heading in page.css("h2")]
    assert titles == ["Try this week", "In the air, and yours", "Found for you", "Worn most", "Waiting for you",
                      "Your wardrobe", "What a wearing costs", "What your feedback changed"]  # fmt: skip
    assert "1,299.00" in page.body.text()  # type: ignore[union-attr]


def test_sections_without_anything_are_left_out() -> None:
    page = LexborHTMLParser(render(drafted(inputs(item("a", category="Hats"))).digest))

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

    assert page.css("link, script, iframe, img, [src], [background]") == []
    assert "@import" not in page.html  # type: ignore[operator]
    assert "url(" not in page.html  # type: ignore[operator]


def test_the_page_has_a_dark_side_and_fits_a_narrow_screen() -> None:
    text = render(whole())

    assert "prefers-color-scheme: dark" in text
    assert "width=device-width" in text
    assert not re.search(r"(?<!max-)(?<!-)width: [4-9]\d\dpx", text)


def charted(*wears: str) -> Digest:
    """Return a digest of an item that was worn on these days."""
    noted = tuple({"itemId": "hat", "wornAt": f"{day}T10:00:00.000Z"} for day in wears)
    return drafted(inputs(worn("hat", 9, "2026-11-20"), worn("scarf", 30, "2026-03-01"), wears=noted)).digest


def test_the_chart_agrees_with_its_list() -> None:
    digest = charted("2026-11-20", "2026-11-10", "2026-11-09")

    assert [(one.item, one.recent) for one in digest.worn] == [("hat", 3)]
    text = LexborHTMLParser(render(digest)).body.text()  # type: ignore[union-attr]
    assert "Wears a week, from 28 September to last week" in text
    assert "3 wears" in text
    assert sum(week.wears for week in digest.wearsByWeek) == 3


def test_a_chart_of_seven_zero_bars_is_left_out_and_the_list_counts_all_wears() -> None:
    digest = charted("2026-11-20")

    text = LexborHTMLParser(render(digest)).body.text()  # type: ignore[union-attr]
    assert "Wears a week" not in text
    assert [one.item for one in digest.worn] == ["hat", "scarf"]
    assert "9 wears" in text


@pytest.mark.parametrize("counts", [[], [0, 0], [1], [5, 0, 10], [3] * 8, [1_000_000, 1]])
def test_bars_are_as_high_as_there_were_wears(counts: list[int]) -> None:
    found = bars([Week(week="2026-W40", wears=count) for count in counts])

    assert [bar["height"] > 0 for bar in found] == [count > 0 for count in counts]
    assert max([bar["height"] for bar in found], default=0) == (CHART_HEIGHT if any(counts) else 0)


@pytest.mark.parametrize(
    ("counts", "percents"), [([], []), ([2] * 3, [33] * 3), ([2, 1], [67, 33]), ([1], [100]), ([1] * 3, [])]
)
def test_shares_are_whole_percents_and_left_out_when_each_is_of_one_item(
    counts: list[int], percents: list[int]
) -> None:
    parts = [Category(name=str(n), items=count, share=count / sum(counts)) for n, count in enumerate(counts)]

    assert [part["percent"] for part in shares(parts)] == percents


@pytest.mark.parametrize(
    ("locale", "direction", "alignment"), [("en-GB", "ltr", "left"), ("ar", "rtl", "right"), ("he-IL", "rtl", "right")]
)
def test_language_and_direction_are_the_users(locale: str, direction: str, alignment: str) -> None:
    person = Person(name="نور", locale=locale)

    page = LexborHTMLParser(render(drafted(inputs(item("a"), person=person)).digest))

    assert page.css("html")[0].attributes == {"lang": locale, "dir": direction}
    assert page.css("h2")[0].attributes["align"] == alignment
    assert "Good morning, نور!" in page.body.text()  # type: ignore[union-attr]


def test_days_and_weeks_are_words_and_nobody_is_called_by_an_id() -> None:
    text = LexborHTMLParser(render(whole())).body.text()  # type: ignore[union-attr]

    assert "Week of 23 November" in text
    assert "2026-W" not in text
    assert "last worn in January" in text
    assert "For ada" not in text


def test_pictures_are_parts_of_the_mail_and_inside_the_page_that_stands_alone() -> None:
    digest = _pictured()
    page = render(digest, {"ada/c.thumb.jpg": b"x" * 10})

    (picture,) = LexborHTMLParser(page).css("img")
    assert (picture.attributes["src"] or "").startswith("cid:")
    (picture,) = LexborHTMLParser(standing_alone(page, {"ada/c.thumb.jpg": b"x" * 10})).css("img")
    assert picture.attributes["src"] == "data:image/jpeg;base64,eHh4eHh4eHh4eA=="


def test_a_picture_that_would_make_the_page_too_large_is_left_out() -> None:
    large = {"ada/c.thumb.jpg": b"x" * MAX_BYTES}

    page = standing_alone(render(_pictured(), large), large)

    assert len(page.encode()) <= MAX_BYTES
    assert LexborHTMLParser(page).css("img[src]") == []


def test_a_digest_with_everything_and_links_is_below_what_mail_programs_cut() -> None:
    links = Links("https://api.example", "k" * 32, "u" * 128, WEEK)
    digest = whole("A long title of a thing that somebody sells, with all its adjectives " * 3)

    assert len(render(digest, links=links).encode()) < MAX_BYTES


def _pictured() -> Digest:
    of = inputs(item("c", title="Linen hat", thumbnail="ada/c.thumb.jpg"))
    draft = drafted(of)
    return with_suggestions(draft.digest, by_rules(candidates(of, draft)), RULES)


@pytest.mark.parametrize("digest", [whole(), drafted(inputs(item("a"))).digest], ids=["whole", "least"])
def test_a_digest_follows_its_published_schema(digest: Digest) -> None:
    schema = schemas.schemas()["digest.schema.json"]

    assert list(Draft202012Validator(schema).iter_errors(digest.model_dump(mode="json"))) == []
    assert not Draft202012Validator(schema).is_valid({**digest.model_dump(mode="json"), "schemaVersion": 2})
