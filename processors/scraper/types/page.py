"""Adapter of web pages: reads what one says in structured data, else in OpenGraph, else what its HTML shows."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from processors.scraper.addresses import absolute
from processors.scraper.dates import instant
from processors.scraper.entries import MAX_TEXT_CHARACTERS, MAX_TITLE_CHARACTERS, Entry, Listing, Page, Unreadable
from processors.scraper.offers import cost_of, listed, said
from processors.scraper.picture_links import first_of, picture_at
from processors.scraper.plain_text import plain
from processors.scraper.prices import price
from processors.scraper.stand_ins import stand_in_shown
from processors.scraper.structured_data import things

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

CONTENT_TYPES = frozenset({"text/html", "application/xhtml+xml"})
MAX_BYTES = 4 * 1024 * 1024
MAX_ITEMS = 200
_PRODUCTS = frozenset({"Product", "ProductGroup", "IndividualProduct", "ProductModel"})
_ARTICLES = frozenset({"Article", "NewsArticle", "BlogPosting", "Report", "TechArticle", "ReportageNewsArticle"})
_PICTURES = (
    "og:image:secure_url",
    "og:image",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "image",
    "thumbnail",
)
_DATES = (
    *("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date"),
    *("dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "dcterms.date", "pubdate", "date"),
)
_PUBLISHED = ", ".join(
    f"time{what}[datetime]"
    for what in ("[itemprop~=datePublished]", "[pubdate]", ".dt-published", ".published", ".entry-date")
)
"""A time of its own kind: the first one that stands in a page may be the shop's opening hour."""


def read(page: Page) -> Listing:
    """Return what a page shows: the items of a list, or one.

    Raises Unreadable: `page_empty` when it shows nothing; `stand_in_shown`'s codes when it isn't the page.
    """
    from selectolax.lexbor import LexborHTMLParser  # here: who only lists sources needs no parser
    from w3lib.encoding import html_to_unicode

    _, markup = html_to_unicode(page.content_type_header, page.body)
    tree = LexborHTMLParser(markup)
    base, meta = _base(tree, page.base), _meta(tree)
    own = (absolute(link, base) for link in (_link(tree), _first(meta, "og:url")))
    url = next(filter(None, own), None) or absolute(page.url)
    if url is None:
        raise Unreadable("page_empty", "it has no address that can be kept")
    ways = [_entries(found, url, base) for found in things(tree, _PRODUCTS | _ARTICLES)]
    described = next(filter(None, ways), [])
    instead = stand_in_shown(tree, page.url, [entry.title for entry in described])
    if instead is not None:
        raise Unreadable(*instead)
    if len(described) > 1:
        return Listing(tuple(described))
    entry = _shown(tree, meta, url, base)
    for way in reversed(ways):
        if len(way) == 1:
            entry = _completed(way[0], entry)
    if not entry.title:
        raise Unreadable("page_empty", "nothing on it has a title: not in structured data, OpenGraph or HTML")
    return Listing((entry,))


def _entries(found: list[dict[str, Any]], url: str, base: str) -> list[Entry]:
    """Return the entries of what a page at `url` describes; what has no address of its own is the page, or a part."""
    made = (entry for thing in found if (entry := _of_thing(thing, url, base)) is not None)
    entries = list(dict.fromkeys(made))[:MAX_ITEMS]
    if sum(bool(entry.part) for entry in entries) == 1:
        return [replace(entry, part="") for entry in entries]
    return entries


def _of_thing(thing: dict[str, Any], url: str, base: str) -> Entry | None:
    title = plain(said(thing.get("name")) or said(thing.get("headline")), MAX_TITLE_CHARACTERS)
    if not title:
        return None
    key = str(said(thing.get("@id")) or "")
    pages = (said(one.get("@id")) or said(one.get("url")) for one in listed(thing.get("mainEntityOfPage")))
    named = (
        said(thing.get("url")),
        "" if key.startswith(("#", "_:")) else key,
        said(thing.get("mainEntityOfPage")),
        *pages,
    )
    address = next((found for link in named if isinstance(link, str) and (found := absolute(link, base))), None)
    part = "" if address else str(key or said(thing.get("sku")) or said(thing.get("productID")) or title)
    dates = (thing.get("datePublished"), thing.get("releaseDate"), thing.get("dateModified"))
    return Entry(
        address or url,
        title,
        plain(said(thing.get("description")) or said(thing.get("articleBody")), MAX_TEXT_CHARACTERS),
        _image(thing, base),
        *cost_of(thing),
        next(filter(None, map(instant, map(said, dates))), None),
        part,
    )


def _image(thing: dict[str, Any], base: str) -> str:
    """Return the address of the first real picture that a thing has."""
    for member in ("image", "thumbnailUrl", "photo"):
        value = thing.get(member)
        for one in value if isinstance(value, list) else [value]:
            links = (one.get("url"), one.get("contentUrl"), _file_named(one)) if isinstance(one, dict) else (one,)
            for link in map(said, links):
                found = picture_at(link, base)
                if found:
                    return found
    return ""


def _file_named(thing: dict[str, Any]) -> Any:
    """Return the id of a thing if it may be the address of a file: one with a ``#`` only names the thing."""
    named = str(said(thing.get("@id")) or "")
    return None if "#" in named or named.startswith("_:") else named


def _base(tree: LexborHTMLParser, base: str) -> str:
    """Return what the page's links are relative to: what its `base` element says, else `base`."""
    tag = tree.css_first("base[href]")
    return (absolute(tag.attributes.get("href") or "", base) if tag else None) or base


def _meta(tree: LexborHTMLParser) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for tag in tree.css("meta[content]"):
        content = (tag.attributes.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            name = tag.attributes.get(attribute)
            if name and content:
                found.setdefault(name.strip().lower(), []).append(content)
    return found


def _first(meta: dict[str, list[str]], *names: str) -> str:
    """Return the first content of the first of these names that a page's meta elements have; empty for none."""
    return next(chain.from_iterable(meta.get(name, []) for name in names), "")


def _link(tree: LexborHTMLParser) -> str:
    tag = tree.css_first('link[rel~="canonical" i]')
    return ((tag.attributes.get("href") or "") if tag else "").strip()


def _shown(tree: LexborHTMLParser, meta: dict[str, list[str]], url: str, base: str) -> Entry:
    """Return what OpenGraph, and failing that the HTML, tells."""
    title = _first(meta, "og:title") or _text_of(tree, "h1") or _text_of(tree, "title")
    text = _first(meta, "og:description", "description") or _text_of(tree, "article") or _text_of(tree, "main")
    images = (picture_at(link, base) for name in _PICTURES for link in meta.get(name, []))
    cost = price(
        _first(meta, "product:sale_price:amount", "product:price:amount", "og:price:amount", "price"),
        _first(meta, "product:sale_price:currency", "product:price:currency", "og:price:currency", "pricecurrency"),
        for_machines=True,
    )
    times = (time.attributes.get("datetime") for time in tree.css(_PUBLISHED))
    dates = chain((content for name in _DATES for content in meta.get(name, [])), times)
    return Entry(
        url,
        plain(title, MAX_TITLE_CHARACTERS),
        plain(text, MAX_TEXT_CHARACTERS),
        next(filter(None, images), "") or _first_image(tree, base),
        *cost,
        next(filter(None, map(instant, dates)), None),
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


def _first_image(tree: LexborHTMLParser, base: str) -> str:
    for place in ("article", "main", "body"):
        found = first_of(tree.css(f"{place} img, {place} picture source"), base)
        if found:
            return found
    return ""
