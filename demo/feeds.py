"""Content of the demo's sites: four fashion sources, one that is broken and one that robots.txt keeps closed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from demo.feeds_double import Shown

SOURCES = {
    "/shop.rss": ("rss", "The Linen Shop"),
    "/magazine.atom": ("rss", "Velvet Magazine"),
    "/r/looks/new.json": ("reddit", "r/looks"),
    "/p/linen-dress": ("page", "A linen dress"),
    "/broken.xml": ("rss", "A broken feed"),
    "/members/feed.xml": ("rss", "Members only"),
}
"""Path -> type and name."""
REFUSED = {"/broken.xml": "feed_broken", "/members/feed.xml": "robots_disallow"}
"""Path -> why nothing is taken from it."""
UNCHANGED = "/magazine.atom"
"""The one whose server tells that nothing is newer."""

# Title, text, and how many days ago it was published.
_SHOP = [
    ("Linen shirt dress", "White linen for the beach, with raffia sandals.", 22),
    ("Tropical linen co-ord", "Relaxed linen shirt and shorts in sand and coral.", 15),
    ("Raffia sun hat", "For the coast: beige, wide, light.", 8),
    ("Crochet resort top", "Handmade crochet in cream for a vacation by the sea.", 7),
    ("Linen wide leg trousers", "Holiday trousers in white linen.", 6),
]
_MAGAZINE = [
    ("Velvet evenings", "Burgundy velvet gowns and gold heels for the party season.", 20),
    ("Sequins after dark", "A black sequin dress, satin clutch, glamour again.", 13),
    ("Biker nights", "Black leather jackets, studded belts, combat boots: punk is back.", 12),
    ("The new grunge", "Distressed denim, black leather boots and plaid shirts.", 5),
]
_LOOKS = [
    ("Baggy jeans and an oversized hoodie", "Grey hoodie, white sneakers, streetwear as always.", 2),
    ("Skate fit of the day", "Baggy cargo pants and a graphic tee in black.", 3),
    ("Campus look: varsity jacket", "Navy varsity jacket, cable knit, loafers. Preppy?", 5),
]


def shows() -> dict[str, Shown]:
    """Return what is at each path."""
    return {
        "/robots.txt": Shown(b"User-agent: *\nDisallow: /members/\n", "text/plain"),
        "/shop.rss": Shown(_rss(), "application/rss+xml"),
        UNCHANGED: Shown(_atom(), "application/atom+xml", etag='"issue-48"'),
        "/r/looks/new.json": Shown(_listing(), "application/json"),
        "/p/linen-dress": Shown(_page(), "text/html; charset=utf-8"),
        "/broken.xml": Shown(b"<rss><channel><item><title>cut off in the midd", "application/rss+xml"),
        "/members/feed.xml": Shown(_rss(), "application/rss+xml"),
    }


def _rss() -> bytes:
    items = "".join(
        f"<item><title>{escape(title)}</title><link>/shop/{n}?utm_source=rss&amp;utm_medium=feed</link>"
        f"<description>{escape(text)}</description><pubDate>{_ago(days):%Y-%m-%dT%H:%M:%SZ}</pubDate></item>"
        for n, (title, text, days) in enumerate(_SHOP)
    )
    return f"<rss version='2.0'><channel><title>The Linen Shop</title>{items}</channel></rss>".encode()


def _atom() -> bytes:
    entries = "".join(
        f"<entry><title>{escape(title)}</title><link href='/magazine/{n}'/><id>urn:velvet:{n}</id>"
        f"<summary>{escape(text)}</summary><updated>{_ago(days):%Y-%m-%dT%H:%M:%S+00:00}</updated></entry>"
        for n, (title, text, days) in enumerate(_MAGAZINE)
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Velvet</title>{entries}</feed>".encode()


def _listing() -> bytes:
    posts = [
        {
            "data": {
                "title": title,
                "selftext": text,
                "created_utc": _ago(days).timestamp(),
                "permalink": f"/r/looks/comments/{n}/look/",
            }
        }
        for n, (title, text, days) in enumerate(_LOOKS)
    ]
    return json.dumps({"kind": "Listing", "data": {"children": posts}}).encode()


def _page() -> bytes:
    product = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "Long linen dress",
        "description": "A white linen dress for the beach.",
        "offers": {"@type": "Offer", "price": "89.90", "priceCurrency": "USD"},
    }
    head = f"<title>Shop</title><script type='application/ld+json'>{json.dumps(product)}</script>"
    return f"<html><head>{head}</head><body><h1>Long linen dress</h1></body></html>".encode()


def _ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)
