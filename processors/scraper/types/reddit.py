"""Adapter of subreddits: reads the public listing that reddit gives to anybody (``/r/NAME/new.json``)."""

from __future__ import annotations

import html
import json
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from processors.scraper.addresses import absolute
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
from processors.scraper.plain_text import plain
from processors.scraper.stand_ins import stand_in

CONTENT_TYPES = frozenset({"application/json", "text/html"})  # the latter to tell a challenge
MAX_BYTES = 8 * 1024 * 1024
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif")


def listing_of(url: str) -> str:
    """Return the address of the listing of a subreddit's page."""
    parts = urlsplit(url)
    if parts.path.endswith(".json") or not (parts.hostname or "").lower().endswith("reddit.com"):
        return url
    names = [name for name in parts.path.split("/") if name]
    order = names[2:] or ["new"]
    return urlunsplit((parts.scheme, parts.netloc, "/".join(["", *names[:2], *order]) + ".json", "limit=100", ""))


def read(page: Page) -> Listing:
    """Return a listing's posts.

    Raises Unreadable: `listing_broken` for what isn't one; `stand_in`'s codes for a page that came instead.
    """
    try:
        listing = json.loads(page.body)
    except (ValueError, RecursionError) as error:
        instead = stand_in(page)
        if instead is not None:
            raise Unreadable(*instead) from None
        raise Unreadable("listing_broken", f"it isn't JSON: {str(error)[:200]}") from None
    data = listing.get("data") if isinstance(listing, dict) else None
    children = data.get("children") if isinstance(data, dict) else None
    if not isinstance(children, list):
        raise Unreadable("listing_broken", "it has no data.children, as reddit's listings have")
    entries = [entry for child in children[:MAX_ENTRIES] if (entry := _entry(child, page.url)) is not None]
    return Listing(tuple(entries), len(children) - len(entries))


def _entry(child: Any, base: str) -> Entry | None:
    post = child.get("data") if isinstance(child, dict) else None
    if not isinstance(post, dict) or post.get("over_18") is True or post.get("stickied") is True:
        return None
    title = plain(post.get("title"), MAX_TITLE_CHARACTERS)
    link = post.get("permalink")
    url = absolute(link, base) if isinstance(link, str) and link else None
    if url is None or not title:
        return None
    text = plain(post.get("selftext"), MAX_TEXT_CHARACTERS)
    return Entry(url, title, text, _picture(post, base), published_at=instant(post.get("created_utc")))


def _picture(post: dict[str, Any], base: str) -> str:
    try:
        found = post["preview"]["images"][0]["source"]["url"]
    except (KeyError, IndexError, TypeError):
        found = post.get("url_overridden_by_dest") or post.get("url")
        if not isinstance(found, str) or not urlsplit(found).path.lower().endswith(_PICTURES):
            return ""
    return (absolute(html.unescape(found), base) or "") if isinstance(found, str) else ""
