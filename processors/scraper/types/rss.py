"""Adapter of feeds: RSS and Atom of any version, by feedparser."""

from __future__ import annotations

import calendar
import io
import re
from typing import Any

from processors.scraper.addresses import canonical
from processors.scraper.entries import (
    MAX_ENTRIES,
    MAX_TEXT_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    Entry,
    Listing,
    Page,
    Unreadable,
)
from processors.scraper.plain_text import MAX_MARKUP_CHARACTERS, instant, plain

CONTENT_TYPES = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml"),
        *("application/x-rss+xml", "text/html", "text/plain", "application/octet-stream"),  # what servers say of feeds
    }
)
MAX_BYTES = 16 * 1024 * 1024
_TITLE_FROM_TEXT = 80
_PICTURE = re.compile(r"<img\b[^>]{0,2000}?\bsrc\s*=\s*[\"']([^\"'>]{1,2048})", re.IGNORECASE)


def read(page: Page) -> Listing:
    """Return a feed's entries, in its order. Raises Unreadable `feed_broken` for what holds none and isn't whole."""
    import feedparser  # type: ignore[import-untyped]  # here: who only lists sources needs no parser

    headers = {"content-type": page.content_type_header} if page.content_type_header else {}
    # Its own cleaning is left off: texts are made plain below, whatever is in them.
    feed = feedparser.parse(
        io.BytesIO(page.body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    found = feed.get("entries", [])
    entries = [entry for item in found[:MAX_ENTRIES] if (entry := _entry(item, page.url)) is not None]
    if not entries and (feed.get("bozo") or not feed.get("version")):
        why = str(feed.get("bozo_exception", "no feed at all"))[:200]
        raise Unreadable("feed_broken", f"it isn't a feed that can be read: {why}")
    return Listing(tuple(entries), len(found) - len(entries))


def _entry(item: Any, base: str) -> Entry | None:
    address = _text(item.get("link")) or _text(item.get("id"))
    url = canonical(address, base) if address else None
    markup = _markup(item)
    text = plain(markup, MAX_TEXT_CHARACTERS)
    title = plain(item.get("title"), MAX_TITLE_CHARACTERS) or text[:_TITLE_FROM_TEXT].rstrip()
    if url is None or not title:
        return None
    return Entry(url, title, text, _picture(item, markup, base), published_at=_published(item))


def _markup(item: Any) -> str:
    contents = [_text(content.get("value")) for content in item.get("content") or [] if isinstance(content, dict)]
    return max([_text(item.get("summary")), *contents], key=len)


def _picture(item: Any, markup: str, base: str) -> str:
    for member in ("media_content", "media_thumbnail", "enclosures", "links"):
        for one in item.get(member) or []:
            kind = _text(one.get("type")) or _text(one.get("medium"))
            address = _text(one.get("url")) or _text(one.get("href"))
            if address and (kind.startswith("image") or (not kind and member.startswith("media"))):
                return canonical(address, base) or ""
    found = _PICTURE.search(markup[:MAX_MARKUP_CHARACTERS])
    return (canonical(found[1].replace("&amp;", "&"), base) or "") if found else ""


def _published(item: Any) -> str | None:
    for member in ("published", "updated", "created"):
        parsed = item.get(f"{member}_parsed")  # UTC, from whatever form feedparser knows
        try:
            found = instant(calendar.timegm(parsed)) if parsed else instant(item.get(member))
        except (ValueError, OverflowError):
            found = None
        if found:
            return found
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
