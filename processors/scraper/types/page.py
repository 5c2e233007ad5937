"""Adapter of web pages: reads what one says in JSON-LD, else in OpenGraph, else what its HTML shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from processors.scraper.addresses import canonical
from processors.scraper.entries import MAX_TEXT_CHARACTERS, MAX_TITLE_CHARACTERS, Entry, Listing, Page, Unreadable
from processors.scraper.plain_text import instant, plain, price

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

CONTENT_TYPES = frozenset({"text/html", "application/xhtml+xml"})
MAX_BYTES = 4 * 1024 * 1024
MAX_ITEMS = 200
_MAX_OBJECTS = 20_000
_PRODUCTS = frozenset({"Product", "ProductGroup", "IndividualProduct", "ProductModel"})
_ARTICLES = frozenset({"Article", "NewsArticle", "BlogPosting", "Report", "TechArticle", "ReportageNewsArticle"})


def read(page: Page) -> Listing:
    """Return what a page shows: the items of a list, or one. Raises Unreadable `page_empty` when it shows nothing."""
    from selectolax.lexbor import LexborHTMLParser  # here: who only lists sources needs no parser
    from w3lib.encoding import html_to_unicode

    _, markup = html_to_unicode(page.content_type_header, page.body)
    tree = LexborHTMLParser(markup)
    meta = _meta(tree)
    own = canonical(_link(tree) or meta.get("og:url", ""), page.url) if _link(tree) or meta.get("og:url") else None
    url = own or canonical(page.url)
    if url is None:
        raise Unreadable("page_empty", "it has no address that can be kept")
    described = list(dict.fromkeys(_described(tree, url)))[:MAX_ITEMS]
    if len(described) > 1:
        return Listing(tuple(described))
    shown = _shown(tree, meta, url)
    entry = _completed(described[0], shown) if described else shown
    if not entry.title:
        raise Unreadable("page_empty", "nothing on it has a title: not in JSON-LD, OpenGraph or HTML")
    return Listing((entry,))


def _described(tree: LexborHTMLParser, base: str) -> Iterator[Entry]:
    for script in tree.css('script[type="application/ld+json"]'):
        try:
            found = json.loads(script.text())
        except (ValueError, RecursionError):
            continue  # one broken script says nothing of the others
        for thing in _things(found):
            entry = _of_thing(thing, base)
            if entry is not None:
                yield entry


def _things(found: Any) -> Iterator[dict[str, Any]]:
    """Yield each product and article in a JSON-LD document, however deep; what one holds is its own."""
    waiting, seen = [found], 0
    while waiting and seen < _MAX_OBJECTS:
        one = waiting.pop(0)
        seen += 1
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            if _types(one) & (_PRODUCTS | _ARTICLES):
                yield one
            else:
                waiting += [one[name] for name in ("@graph", "itemListElement", "item", "mainEntity") if name in one]


def _types(thing: dict[str, Any]) -> set[str]:
    named = thing.get("@type")
    return {one for one in (named if isinstance(named, list) else [named]) if isinstance(one, str)}


def _of_thing(thing: dict[str, Any], base: str) -> Entry | None:
    address = next((one for one in (thing.get("url"), thing.get("@id")) if isinstance(one, str) and one), "")
    title = plain(thing.get("name") or thing.get("headline"), MAX_TITLE_CHARACTERS)
    url = canonical(address, base) if address else base
    if url is None or not title:
        return None
    text = plain(thing.get("description") or thing.get("articleBody"), MAX_TEXT_CHARACTERS)
    offer = _first(thing.get("offers"))
    spec = _first(offer.get("priceSpecification"))
    asked = next(
        (one for one in (offer.get("price"), offer.get("lowPrice"), spec.get("price")) if one is not None), None
    )
    micro, currency = price(asked, offer.get("priceCurrency") or spec.get("priceCurrency"))
    published = instant(thing.get("datePublished") or thing.get("releaseDate") or thing.get("dateModified"))
    return Entry(url, title, text, _image(thing.get("image"), base), micro, currency, published)


def _image(value: Any, base: str) -> str:
    one = value[0] if isinstance(value, list) and value else value
    address = (one.get("url") or one.get("contentUrl")) if isinstance(one, dict) else one
    return (canonical(address, base) or "") if isinstance(address, str) and address else ""


def _first(value: Any) -> dict[str, Any]:
    one = value[0] if isinstance(value, list) and value else value
    return one if isinstance(one, dict) else {}


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in tree.css("meta"):
        name = tag.attributes.get("property") or tag.attributes.get("name") or tag.attributes.get("itemprop")
        content = tag.attributes.get("content")
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _link(tree: LexborHTMLParser) -> str:
    tag = tree.css_first('link[rel="canonical"]')
    return ((tag.attributes.get("href") or "") if tag else "").strip()


def _shown(tree: LexborHTMLParser, meta: dict[str, str], url: str) -> Entry:
    """Return what OpenGraph, and failing that the HTML, tells."""
    title = meta.get("og:title") or _text_of(tree, "h1") or _text_of(tree, "title")
    text = meta.get("og:description") or meta.get("description") or _text_of(tree, "article") or _text_of(tree, "main")
    image = meta.get("og:image:secure_url") or meta.get("og:image") or meta.get("twitter:image") or _first_image(tree)
    micro, currency = price(
        meta.get("product:price:amount") or meta.get("og:price:amount") or meta.get("price"),
        meta.get("product:price:currency") or meta.get("og:price:currency") or meta.get("pricecurrency"),
    )
    time = tree.css_first("time[datetime]")
    published = meta.get("article:published_time") or (time.attributes.get("datetime") if time else None)
    return Entry(
        url,
        plain(title, MAX_TITLE_CHARACTERS),
        plain(text, MAX_TEXT_CHARACTERS),
        (canonical(image, url) or "") if image else "",
        micro,
        currency,
        instant(published),
    )


def _completed(entry: Entry, shown: Entry) -> Entry:
    """Return `entry` with what it leaves open taken from `shown`."""
    has_price = entry.price_micro is not None
    return Entry(
        entry.url,
        entry.title or shown.title,
        entry.text or shown.text,
        entry.image_url or shown.image_url,
        entry.price_micro if has_price else shown.price_micro,
        entry.currency if has_price else shown.currency,
        entry.published_at or shown.published_at,
    )


def _text_of(tree: LexborHTMLParser, selector: str) -> str:
    tag = tree.css_first(selector)
    return tag.text(separator=" ", strip=True) if tag else ""


def _first_image(tree: LexborHTMLParser) -> str:
    tag = tree.css_first("article img[src], main img[src], img[src]")
    return ((tag.attributes.get("src") or "") if tag else "").strip()
