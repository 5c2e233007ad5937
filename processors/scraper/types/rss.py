"""Adapter of feeds: RSS and Atom of any version, by feedparser."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from processors.scraper.addresses import absolute, identity, is_link
from processors.scraper.dates import instant
from processors.scraper.entries import (
    MAX_ENTRIES,
    MAX_TEXT_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    Entry,
    Listing,
    Page,
    Unreadable,
)
from processors.scraper.picture_links import first_shown, is_pixel, picture_at
from processors.scraper.plain_text import MAX_MARKUP_CHARACTERS, plain
from processors.scraper.stand_ins import stand_in

CONTENT_TYPES = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/"),
        # what servers say of feeds
        *("application/x-rss+xml", "application/rss", "application/atom", "application/rdf", "application/feed+xml"),
        *("application/x-atom+xml", "application/xhtml+xml", "application/x-xml", "application/octet-stream"),
        *("xml", "rss", "atom"),
    }
)
MAX_BYTES = 16 * 1024 * 1024
_TITLE_FROM_TEXT = 80
_BEGINNING = 4_096
_EMPTY_LINK = re.compile(rb"<link\s*/>|<link>\s*(?:<!\[CDATA\[\s*\]\]>\s*)?</link>")
"""Taken out before: feedparser takes a guid that is a permalink for the link only where there is no other."""
_WHOLE = re.compile(r"https?://", re.IGNORECASE)
_TRACKING_FRAGMENT = re.compile(r"(?:xtor|utm_\w+|at_\w+|ref|echobox)=", re.IGNORECASE)
_PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|$)", re.IGNORECASE)
_OTHER_NAME = re.compile(r"\.(?:mp[34]|m4[av]|webm|mov|ogg|m3u8|swf|pdf)(?:[?#]|$)", re.IGNORECASE)


def read(page: Page) -> Listing:
    """Return a feed's entries, in its order.

    Raises Unreadable: `feed_broken` for what is no feed, or holds no entry and isn't whole; `stand_in`'s codes for a
    page that came instead of one.
    """
    import feedparser  # type: ignore[import-untyped]  # here: who only lists sources needs no parser

    # Servers call feeds what they like: that it isn't XML by its type says nothing.
    headers = {"content-type": f"application/xml; charset={page.charset}"} if page.charset else {}
    # Its own cleaning is left off: texts are made plain below, whatever is in them.
    feed = feedparser.parse(
        io.BytesIO(_mended(page.body)),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    found = feed.get("entries", [])
    if not feed.get("version"):
        instead = stand_in(page)
        if instead is not None:
            raise Unreadable(*instead)
        raise _broken(feed.get("bozo_exception", "no feed at all"))
    home = _home(feed.get("feed", {}), page)
    base = home if home and urlsplit(home).netloc != urlsplit(page.base).netloc else page.base
    entries = [entry for item in found[:MAX_ENTRIES] if (entry := _entry(item, base, home)) is not None]
    if not entries and feed.get("bozo"):
        raise _broken(feed.get("bozo_exception", "it breaks off"))
    return Listing(tuple(entries), len(found) - len(entries))


def _mended(body: bytes) -> bytes:
    """Return a feed without what hides its encoding (blanks and warnings before the declaration), and empty links."""
    whole = body.lstrip()
    declared_at = whole.find(b"<?xml", 0, _BEGINNING)
    return _EMPTY_LINK.sub(b"", whole[max(declared_at, 0) :])


def _broken(why: object) -> Unreadable:
    return Unreadable("feed_broken", f"it isn't a feed that can be read: {str(why)[:200]}")


def _home(channel: Any, page: Page) -> str:
    """Return the address of the page that the feed is about; empty when it names none."""
    link = _text(channel.get("link"))
    return absolute(link, page.base) or ""


def _entry(item: Any, base: str, home: str) -> Entry | None:
    markup, given_base = _markup(item)
    text = plain(markup, MAX_TEXT_CHARACTERS)
    title = plain(item.get("title"), MAX_TITLE_CHARACTERS) or text[:_TITLE_FROM_TEXT].rstrip()
    guid = _text(item.get("id")).strip()
    url, part = _address(item, guid, base)
    if url is None:  # it may be complete in itself (RSS 2.0): then it is a part of the page that the feed is about
        url, part = home, guid if is_link(guid) else f"{title} {text}"
    if not url or not title:
        return None
    return Entry(
        url, title, text, _picture(item, markup, urljoin(base, given_base)), published_at=_published(item), part=part
    )


def _address(item: Any, guid: str, base: str) -> tuple[str | None, str]:
    """Return the address that an entry names, and what part of the page there it is; None for the address of none."""
    link = _text(item.get("link"))
    is_guid = link == guid and not any(one.get("href") == link for one in item.get("links") or [])
    if is_guid and not _WHOLE.match(link):  # feedparser takes any guid that isn't said to be none for a permalink
        return None, ""
    url = absolute(link, base)
    page, _, fragment = (url or "").partition("#")
    if not guid or not fragment or fragment.startswith(("!", "/")) or _TRACKING_FRAGMENT.match(fragment):
        return url, ""
    named = absolute(guid) if _WHOLE.match(guid) else None
    is_of_the_page = named is not None and "#" not in named and identity(named) == identity(page)
    return url, "" if is_of_the_page else guid


def _markup(item: Any) -> tuple[str, str]:
    """Return the longest of an entry's texts, and what its links are relative to (empty: to what the feed's are)."""
    told = [one for one in (item.get("summary_detail"), *(item.get("content") or [])) if isinstance(one, dict)]
    texts = [(_text(one.get("value")), _text(one.get("base"))) for one in told]
    title = item.get("title_detail")
    beside = _text(title.get("base")) if isinstance(title, dict) else ""
    return max(texts, key=lambda one: len(one[0]), default=("", beside))


def _picture(item: Any, markup: str, base: str) -> str:
    for link in _attached(item):
        found = picture_at(link, base)
        if found:
            return found
    return first_shown(markup[:MAX_MARKUP_CHARACTERS], base) if "<img" in markup.lower() else ""


def _attached(item: Any) -> Iterator[Any]:
    """Yield the links to pictures that an entry has beside its text."""
    for member in ("media_content", "media_thumbnail", "enclosures", "links"):
        for one in item.get(member) or []:
            kind = (_text(one.get("medium")) or _text(one.get("type"))).lower()
            link = _text(one.get("url")) or _text(one.get("href"))
            is_named_so = member != "links" and _PICTURE_NAME.search(link)
            is_media = not kind and member.startswith("media") and not _OTHER_NAME.search(link)
            if (kind.startswith("image") or is_named_so or is_media) and not is_pixel(one):
                yield link
    yield item.get("g_image_link")
    image = item.get("image")
    yield image.get("href") if isinstance(image, dict) else None


def _published(item: Any) -> str | None:
    for member in ("published", "updated", "created"):
        found = instant(dict.get(item, member))  # feedparser's own get takes one for another
        if found:
            return found
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
