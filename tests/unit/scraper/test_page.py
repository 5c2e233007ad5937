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

    assert (entry.url, entry.title, entry.text) == (URL, "Linen dress", "Long & light")
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
    assert entry.image_url == "https://shop.example/a.png"


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


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld+json; charset=utf-8">JSON_LD</script>',
        '<script type="Application/LD+JSON">JSON_LD</script>',
        '<script type="application/ld+json">\ufeffJSON_LD;</script>',
        '<script type="application/ld+json">//<![CDATA[\nJSON_LD\n//]]></script>',
        '<script type="application/ld+json">/* <![CDATA[ */JSON_LD/* ]]> */</script>',
        '<script type="application/ld+json"><!-- JSON_LD --></script>',
        '<script type="application/ld+json">\x0bJSON_LD\xa0</script>',
        '<script type="application/ld+json">// the product\nJSON_LD // its end</script>',
        '<script type="application/ld+json">JSON_LD{"@type": "WebSite"}</script>',
    ],
)
def test_json_ld_is_read_as_search_engines_read_it(script: str) -> None:
    (entry,) = read(html(script.replace("JSON_LD", json.dumps(PRODUCT)))).entries

    assert (entry.title, entry.price_micro) == ("Linen dress", 89_900_000)


@pytest.mark.parametrize(
    "told",
    [
        '{"@type": "Product", "name": "Linen\x01 \ndress", "offers": {"price": 10}}',
        '{"@type": "Product", "name": "Linen dress", "offers": [{"price": 10,},],}',
        '{"@type": "Product", /* a name */ "name": "Linen dress", "offers": {"price": 10}}',
        r'{"@type": "Product", "name": "Linen dress", "sku": "it\'s", "offers": {"price": 10}}',
        '{"@type": "Product", "name": "Linen dress", "url": "https://shop.example/a//b", "offers": {"price": 10,}}',
        '{"@type": "Product", "name": "Linen dress", "offers": {"price": 10}}'.replace('"', "&quot;"),
        '{"@type": "https://schema.org/Product", "name": "Linen dress", "offers": {"price": 10}}',
        '{"@type": ["Thing", "schema:Product"], "name": {"@value": "Linen dress"}, "offers": {"price": 10}}',
        '{"@graph": {"@type": "Product", "http://schema.org/name": "Linen dress", "schema:offers": {"price": 10}}}',
        '[[{"@type": "WebPage", "mainEntity": {"@type": "Product", "name": "Linen dress", "offers": {"price": 10}}}]]',
    ],
)
def test_one_slip_in_json_ld_loses_nothing(told: str) -> None:
    (entry,) = read(html(f'<script type="application/ld+json">{told}</script>')).entries

    assert (entry.title, entry.price_micro) == ("Linen dress", 10_000_000)


@pytest.mark.parametrize(
    ("offers", "micro", "currency"),
    [
        ({"@type": "AggregateOffer", "lowPrice": "10", "highPrice": "20", "priceCurrency": "EUR"}, 10_000_000, "EUR"),
        ({"@type": "AggregateOffer", "priceCurrency": "EUR", "offers": [{"price": "12"}]}, 12_000_000, "EUR"),
        ({"@type": "AggregateOffer", "lowPrice": "", "offers": [{"price": 12, "priceCurrency": "EUR"}]}, 12_000_000,
         "EUR"),
        ([{}, {"price": "12", "priceCurrency": "EUR"}], 12_000_000, "EUR"),
        ([{"price": "0"}, {"price": "12", "priceCurrency": "EUR"}], 12_000_000, "EUR"),
        ([{"price": 9, "availability": "https://schema.org/OutOfStock"}, {"price": 12, "priceCurrency": "EUR",
           "availability": "InStock"}], 12_000_000, "EUR"),
        ([{"price": 9, "availability": "http://schema.org/SoldOut", "priceCurrency": "EUR"}], 9_000_000, "EUR"),
        ([{"price": 9, "availability": {"@id": "schema:OutOfStock"}}, {"price": 12, "priceCurrency": "EUR"}],
         12_000_000, "EUR"),
        ({"price": "", "priceSpecification": {"price": "12", "priceCurrency": "EUR"}}, 12_000_000, "EUR"),
        ({"priceSpecification": [{"priceType": "https://schema.org/ListPrice", "price": 20, "priceCurrency": "EUR"},
           {"priceType": "https://schema.org/SalePrice", "price": 12, "priceCurrency": "EUR"}]}, 12_000_000, "EUR"),
        ({"price": 12, "priceCurrency": "EUR", "priceSpecification": {"priceType": "ListPrice", "price": 20}},
         12_000_000, "EUR"),
        ({"priceSpecification": {"priceType": "ListPrice", "price": 20}}, 20_000_000, ""),
        ({"priceCurrency": "EUR", "priceSpecification": [{"@type": "DeliveryChargeSpecification", "price": 4},
           {"price": 12}]}, 12_000_000, "EUR"),
        ({"price": "140.000", "priceCurrency": "$"}, 140_000_000, "USD"),
        ({"price": "1,299.000", "priceCurrency": "usd"}, 1_299_000_000, "USD"),
        ({"price": "€ 89,90"}, 89_900_000, "EUR"),
        ({"price": "on request"}, None, ""),
    ],
)  # fmt: skip
def test_the_first_offer_that_can_be_had_counts(offers: Any, micro: int | None, currency: str) -> None:
    (entry,) = read(html(json_ld={**PRODUCT, "offers": offers})).entries

    assert (entry.price_micro, entry.currency) == (micro, currency)


def test_a_group_costs_what_its_variant_costs() -> None:
    group = {
        "@type": "ProductGroup",
        "name": "Linen dress",
        "hasVariant": [{"@type": "Product", "offers": {"price": 5}}],
    }

    assert [entry.price_micro for entry in read(html(json_ld=group)).entries] == [5_000_000]


MICRODATA = """<div itemscope itemtype="https://schema.org/Product" itemref="more"><h2 itemprop="name">Linen dress</h2>
<link itemprop="url" href="/p/1"><div itemprop="offers" itemscope itemtype="http://schema.org/Offer">
<span itemprop="price">€ 1.299,00</span></div>
<div itemprop="brand" itemscope itemtype="http://schema.org/Brand"><span itemprop="name">Other</span></div>
<div itemscope itemtype="http://schema.org/WebPage"><span itemprop="description">not its own</span></div></div>
<p id="more"><img itemprop="image" src="/d.jpg"></p>"""
RDFA = """<div vocab="https://schema.org/" typeof="Product"><span property="name">Linen dress</span><a property="url"
href="/p/1">x</a><img property="image" src="/d.jpg"><div property="offers" typeof="Offer"><meta property="priceCurrency"
content="EUR"><span property="price" content="1299.000">from €1,299</span></div></div>"""


@pytest.mark.parametrize("markup", [MICRODATA, RDFA, RDFA.replace('"Product"', '"schema:Product"')])
def test_microdata_and_rdfa_are_read_too(markup: str) -> None:
    (entry,) = read(html("<title>Shop</title>", body=markup)).entries

    assert (entry.title, entry.url) == ("Linen dress", "https://shop.example/p/1")
    assert (entry.price_micro, entry.currency, entry.text) == (1_299_000_000, "EUR", "")
    assert entry.image_url == "https://shop.example/d.jpg"


def test_what_json_ld_leaves_open_is_taken_from_microdata() -> None:
    bare = {"@type": "Product", "name": "Dress of linen", "url": "/dress"}

    (entry,) = read(html(json_ld=bare, body=MICRODATA)).entries

    assert (entry.title, entry.price_micro) == ("Dress of linen", 1_299_000_000)


def test_things_without_an_address_are_parts_of_their_page() -> None:
    things = [{**PRODUCT, "@id": f"#{name}", "name": name} for name in ("Dress", "Skirt")]

    found = read(html(json_ld=things)).entries

    assert [(entry.url, entry.part) for entry in found] == [(URL, "#Dress"), (URL, "#Skirt")]


@pytest.mark.parametrize(
    "image",
    [
        "/d.jpg",
        ["", "data:image/gif;base64,x", "/d.jpg"],
        {"@type": "ImageObject", "url": ["/d.jpg"]},
        [{"@type": "ImageObject", "contentUrl": "/d.jpg"}, "/e.jpg"],
        ["/pixel.gif", "/d.jpg"],
        {"@id": "#d"},
        [{"@id": "https://shop.example/#nowhere"}, "/d.jpg"],
    ],
)
def test_a_picture_is_the_first_real_one(image: Any) -> None:
    graph = [{**PRODUCT, "image": image}, {"@type": "ImageObject", "@id": "#d", "url": "/d.jpg"}]

    assert [entry.image_url for entry in read(html(json_ld={"@graph": graph})).entries] == [
        "https://shop.example/d.jpg"
    ]


def test_links_are_relative_to_the_base_that_the_page_names() -> None:
    link = "<link rel='CANONICAL nofollow' href=p/1>"

    (entry,) = read(
        html("<base href='/shop/'><title>Dress</title><meta property=og:image content=d.jpg>", link)
    ).entries

    assert (entry.url, entry.image_url) == ("https://shop.example/shop/p/1", "https://shop.example/shop/d.jpg")


@pytest.mark.parametrize(
    ("markup", "date"),
    [
        ("<time datetime=2020-01-01>open since</time>", None),
        (
            "<time datetime=2020-01-01>x</time><time class='entry-date published' datetime=2026-11-20>y</time>",
            "2026-11-20",
        ),
        ("<time datetime=2020-01-01>x</time><time itemprop=datePublished datetime=2026-11-20>y</time>", "2026-11-20"),
        ("<meta name=dc.date content=2026-11-20>", "2026-11-20"),
        (
            "<meta property=article:published_time content='05/11/2026'><meta name=date content=2026-11-20>",
            "2026-11-20",
        ),
    ],
)
def test_a_pages_date_is_the_one_of_its_publication(markup: str, date: str | None) -> None:
    (entry,) = read(html("<title>Dress</title>", body=markup)).entries

    assert entry.published_at == (f"{date}T00:00:00.000Z" if date else None)


def test_a_link_that_leads_nowhere_is_no_address() -> None:
    (entry,) = read(
        html("<title>x</title><link rel=canonical href='N/A'><meta property=og:image content=none>")
    ).entries

    assert (entry.url, entry.image_url) == (URL, "")
