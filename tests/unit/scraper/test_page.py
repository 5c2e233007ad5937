"""Is a page read by what it says of itself first, and by what it shows last?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from processors.scraper.entries import Page, Unreadable
from processors.scraper.types.page import MAX_ITEMS, read

URL = "https://shop.example/dress?utm_source=x"
PRODUCT = {
    "@context": "https://schema.org",
    "@type": "Product",
    "name": "Linen dress",
    "description": "Long &amp; light",
    "image": ["/d.jpg"],
    "offers": {"@type": "Offer", "price": "89.90", "priceCurrency": "EUR"},
}


def html(*head: str, body: str = "", json_ld: Any = None) -> Page:
    """Return a page with this head and body."""
    script = f'<script type="application/ld+json">{json.dumps(json_ld)}</script>' if json_ld is not None else ""
    return Page(URL, f"<html><head>{''.join(head)}{script}</head><body>{body}</body></html>".encode(), "text/html")


def test_a_product_is_what_its_json_ld_says() -> None:
    (entry,) = read(
        html("<title>Shop</title>", json_ld={"@graph": [{"@type": "WebSite", "name": "Shop"}, PRODUCT]})
    ).entries

    assert (entry.url, entry.title, entry.text) == ("https://shop.example/dress", "Linen dress", "Long & light")
    assert (entry.price_micro, entry.currency, entry.image_url) == (89_900_000, "EUR", "https://shop.example/d.jpg")


def test_an_article_has_a_date() -> None:
    article = {"@type": ["NewsArticle"], "headline": "Velvet", "datePublished": "2026-11-20T10:00:00+01:00"}

    (entry,) = read(html(json_ld=article)).entries

    assert (entry.title, entry.published_at) == ("Velvet", "2026-11-20T09:00:00.000Z")


def test_what_json_ld_leaves_open_is_taken_from_opengraph() -> None:
    bare = {"@type": "Product", "name": "Linen dress"}
    meta = ['<meta property="og:image" content="/og.jpg">', '<meta property="product:price:amount" content="10">',
            '<meta property="product:price:currency" content="USD">']  # fmt: skip

    (entry,) = read(html(*meta, json_ld=bare)).entries

    assert (entry.image_url, entry.price_micro, entry.currency) == ("https://shop.example/og.jpg", 10_000_000, "USD")


def test_without_json_ld_and_opengraph_the_html_is_read() -> None:
    (entry,) = read(
        html(
            "<title>Shop | Dress</title><meta name=description content='So light'>"
            "<link rel=canonical href='https://shop.example/p/1'>",
            body="<h1>A <i>linen</i> dress</h1><main><img src='a.png'></main>",
        )
    ).entries

    assert (entry.url, entry.title, entry.text) == ("https://shop.example/p/1", "A linen dress", "So light")
    assert entry.image_url == "https://shop.example/p/a.png"


def test_a_list_of_products_is_as_many_entries() -> None:
    items = [{"item": {**PRODUCT, "url": f"/p/{n}", "name": f"Dress {n}"}} for n in range(3)]

    found = read(html(json_ld={"@type": "ItemList", "itemListElement": items}))

    assert [entry.url for entry in found.entries] == [f"https://shop.example/p/{n}" for n in range(3)]


def test_of_a_list_that_never_ends_the_first_are_taken() -> None:
    items = [{**PRODUCT, "url": f"/p/{n}", "name": f"Dress {n}"} for n in range(MAX_ITEMS + 10)]

    assert len(read(html(json_ld=items)).entries) == MAX_ITEMS


@pytest.mark.parametrize("broken", ["{", "[" * 50_000, '"text"', "null", '{"@type": "Product", "offers": [[[]]]}'])
def test_json_ld_that_is_broken_does_not_hide_the_rest(broken: str) -> None:
    page = html(f'<script type="application/ld+json">{broken}</script><title>Dress</title>')

    assert [entry.title for entry in read(page).entries] == ["Dress"]


def test_a_page_that_shows_nothing_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        read(html(body="<div></div>"))

    assert refused.value.code == "page_empty"


@pytest.mark.parametrize(
    ("charset", "meta", "encoding"),
    [("iso-8859-1", "", "latin-1"), ("", "<meta charset=windows-1252>", "cp1252"), ("", "", "utf-8")],
)
def test_the_charset_is_the_servers_then_the_pages(charset: str, meta: str, encoding: str) -> None:
    body = f"<html><head>{meta}<title>Café crème</title></head></html>".encode(encoding)

    (entry,) = read(Page(URL, body, "text/html", charset)).entries

    assert entry.title == "Café crème"
