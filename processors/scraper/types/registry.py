"""Registry of source types: which are there, and which one is an address likely to be?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from processors.scraper.entries import Listing, Page
from processors.scraper.types import page, reddit, rss


@dataclass(frozen=True, slots=True)
class SourceType:
    """How one type of source is fetched and read. `read` raises Unreadable for what isn't of that type.

    `address` brings the address that a person gives into the form that is fetched.
    """

    name: str
    about: str
    content_types: frozenset[str]
    max_bytes: int
    read: Callable[[Page], Listing]
    address: Callable[[str], str] = str


TYPES = {
    one.name: one
    for one in (
        SourceType("rss", "an RSS or Atom feed", rss.CONTENT_TYPES, rss.MAX_BYTES, rss.read),
        SourceType(
            "reddit",
            "a subreddit's public listing",
            reddit.CONTENT_TYPES,
            reddit.MAX_BYTES,
            reddit.read,
            reddit.listing_of,
        ),
        SourceType("page", "a page of a product, an article or a list", page.CONTENT_TYPES, page.MAX_BYTES, page.read),
    )
}


def guessed(url: str) -> str:
    """Return the name of the type that an address looks like."""
    parts = urlsplit(url)
    host, path = (parts.hostname or "").lower(), parts.path.lower()
    if host == "reddit.com" or host.endswith(".reddit.com"):
        return "reddit"
    words = path.replace(".", "/").replace("-", "/").split("/")
    return "rss" if {"rss", "feed", "feeds", "atom", "xml", "rdf"} & set(words) else "page"
