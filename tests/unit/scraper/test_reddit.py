"""Is a subreddit's listing read?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from processors.scraper.entries import Page, Unreadable
from processors.scraper.types.reddit import listing_of, read
from processors.scraper.types.registry import guessed

URL = "https://www.reddit.com/r/streetwear/new.json?limit=100"
POST = {
    "title": "Baggy jeans",
    "permalink": "/r/streetwear/comments/1/baggy/",
    "selftext": "fit",
    "created_utc": 1795424400.0,
}


def listing(*posts: Any) -> Page:
    """Return a listing with these posts."""
    return Page(URL, json.dumps({"data": {"children": [{"kind": "t3", "data": post} for post in posts]}}).encode())


def test_a_post_becomes_an_entry() -> None:
    preview = {"images": [{"source": {"url": "https://preview.redd.it/a.jpg?w=1&amp;s=2"}}]}

    (entry,) = read(listing({**POST, "preview": preview})).entries

    assert entry.url == "https://www.reddit.com/r/streetwear/comments/1/baggy/"
    assert (entry.title, entry.text, entry.published_at) == ("Baggy jeans", "fit", "2026-11-23T09:00:00.000Z")
    assert entry.image_url == "https://preview.redd.it/a.jpg?w=1&s=2"


def test_posts_that_are_pinned_or_for_adults_are_left_out() -> None:
    found = read(listing(POST, {**POST, "over_18": True}, {**POST, "stickied": True}, None, {"title": "x"}))

    assert (len(found.entries), found.left_out) == (1, 4)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data": []}', b'{"error": 429}', b"[" * 100_000])
def test_what_is_no_listing_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(Page(URL, body))

    assert refused.value.code == "listing_broken"


@pytest.mark.parametrize(
    ("given", "fetched"),
    [
        ("https://www.reddit.com/r/streetwear", URL),
        ("https://www.reddit.com/r/streetwear/", URL),
        ("https://old.reddit.com/r/streetwear/top", "https://old.reddit.com/r/streetwear/top.json?limit=100"),
        (
            "https://www.reddit.com/r/streetwear/new.json?limit=5",
            "https://www.reddit.com/r/streetwear/new.json?limit=5",
        ),
        ("https://mirror.example/listing", "https://mirror.example/listing"),
    ],
)
def test_the_listing_of_a_subreddits_page_is_fetched(given: str, fetched: str) -> None:
    assert listing_of(given) == fetched


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.reddit.com/r/streetwear", "reddit"),
        ("https://shop.example/feed.xml", "rss"),
        ("https://shop.example/blog/feed/", "rss"),
        ("https://shop.example/news.rss", "rss"),
        ("https://notreddit.com/r/x", "page"),
        ("https://shop.example/red-dress", "page"),
    ],
)
def test_the_type_of_a_source_is_guessed_from_its_address(url: str, name: str) -> None:
    assert guessed(url) == name
