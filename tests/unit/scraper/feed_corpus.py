"""Feeds of many formats, encodings and kinds of damage, made from a number; and a reader that reads them all.

``python -m tests.unit.scraper.feed_corpus`` reads each of them, and prints what it said of each as a line of JSON.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from processors.scraper.entries import Page, Unreadable
from processors.scraper.types.rss import read

FEEDS = 2_000
URL = "https://shop.example/feed.xml"
TITLES = ("Linen", "Café crème", "Spitze & Seide", "Size <M>", 'it\'s "new"', "Żółty szal")
WIDE_TITLES = ("لباس تابستانی", "夏のドレス", "👗 look", "Лён")
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "iso-8859-1",
    "windows-1252",
    "iso-8859-2",
    "shift_jis",
    "koi8-r",
    "us-ascii",
)
FORMATS = ("rss", "rss without a version", "rdf", "atom", "atom in html's escapes", "cdata")
DAMAGES = (
    "none", "none", "cut off", "bytes flipped", "bytes dropped", "control characters", "tags left open",
    "unknown entities", "wrong charset named", "no charset named", "blanks before", "warnings before",
    "rubbish behind", "twice", "empty",
    "deep", "huge attribute", "bad dates", "bad links", "namespaces undeclared", "doctype",
)  # fmt: skip
HARMLESS = frozenset(
    {"none", "control characters", "blanks before", "warnings before", "rubbish behind", "deep", "huge attribute"}
    | {"bad dates", "namespaces undeclared"}
)


@dataclass(frozen=True, slots=True)
class Made:
    """One feed: its bytes, what its server says of it, the titles in it, and what was done to it."""

    body: bytes
    content_type: str
    charset: str
    titles: tuple[str, ...]
    format: str
    encoding: str
    damage: str

    @property
    def is_readable(self) -> bool:
        """Whether nothing is missing, though something may be there that should not be."""
        is_mixed = self.damage == "warnings before" and self.encoding == "utf-16"  # half of it in ASCII
        return self.damage in HARMLESS and not is_mixed


def made(number: int) -> Made:
    """Return the feed with this number."""
    chance = random.Random(number)
    form, encoding, damage = chance.choice(FORMATS), chance.choice(ENCODINGS), chance.choice(DAMAGES)
    wide = WIDE_TITLES if encoding.startswith("utf") else ()
    titles = tuple(_in(encoding, f"{chance.choice(TITLES + wide)} {n}") for n in range(chance.randint(1, 6)))
    text = _feed(form, titles, chance, damage)
    named = {"utf-8-sig": "utf-8", "wrong charset named": "utf-8"}.get(encoding, encoding)
    if damage != "no charset named":
        text = f"<?xml version='1.0' encoding='{'utf-8' if damage == 'wrong charset named' else named}'?>\n{text}"
    body = _damaged(text.encode(encoding, "xmlcharrefreplace"), damage, chance)
    charset = named if chance.random() < 0.3 and damage == "none" else ""
    return Made(body, chance.choice(["", "text/xml", "application/rss+xml"]), charset, titles, form, encoding, damage)


def said() -> Iterator[dict[str, Any]]:
    """Read every feed; yield what came of it, and the seconds that it took."""
    for number in range(FEEDS):
        feed = made(number)
        began = time.process_time()
        try:
            listing = read(Page(URL, feed.body, feed.content_type, feed.charset))
            came: dict[str, Any] = {"titles": [entry.title for entry in listing.entries]}
        except Unreadable as refused:
            came = {"refused": refused.code}
        yield {"number": number, "seconds": time.process_time() - began, **came}


def _in(encoding: str, title: str) -> str:
    return title.encode(encoding, "ignore").decode(encoding)


def _feed(form: str, titles: tuple[str, ...], chance: random.Random, damage: str) -> str:
    entries = []
    for n, title in enumerate(titles):
        shown = _escaped(title)
        link = chance.choice(["N/A", "http://[", "javascript:x", "#", "\\\\x"]) if damage == "bad links" else f"/p/{n}"
        date = chance.choice(["yesterday", "0", "9" * 30, "2026-99-99T"]) if damage == "bad dates" else "2026-11-19"
        if form.startswith("atom"):
            kind = " type='html'" if "html" in form else ""
            shown = _escaped(shown) if kind else shown
            entries.append(
                f"<entry><id>tag:{n}</id><title{kind}>{shown}</title><link href='{link}'/>"
                f"<updated>{date}</updated></entry>"
            )
        else:
            shown = f"<![CDATA[{title}]]>" if form == "cdata" else shown
            about = f" rdf:about='{link}'" if form == "rdf" else ""
            entries.append(
                f"<item{about}><title>{shown}</title><link>{link}</link><pubDate>{date}</pubDate>"
                f"<description>&lt;img src='/i/{n}.png'&gt; text</description></item>"
            )
    inner = "".join(entries)
    if form.startswith("atom"):
        return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Shop</title>{inner}</feed>"
    if form == "rdf":
        spaces = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
        return f"<rdf:RDF {spaces}><channel><title>Shop</title></channel>{inner}</rdf:RDF>"
    version = "" if "without" in form else " version='2.0'"
    return f"<rss{version}><channel><title>Shop</title>{inner}</channel></rss>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _damaged(body: bytes, damage: str, chance: random.Random) -> bytes:
    place = chance.randrange(len(body))
    some = bytearray(body)
    match damage:
        case "cut off":
            return body[:place]
        case "bytes flipped":
            for _ in range(20):
                some[chance.randrange(len(some))] ^= 1 << chance.randrange(8)
            return bytes(some)
        case "bytes dropped":
            return body[:place] + body[place + chance.randint(1, 200) :]
        case "control characters":
            return body.replace(b"title>", b"title>\x00\x0b\x1f")
        case "tags left open":
            return body.replace(b"</title>", b"").replace(b"</link>", b"", 1)
        case "unknown entities":
            return body.replace(b"</title>", b" &nosuch; &nbsp; R&B &</title>")
        case "blanks before":
            return b" \r\n\t" + body
        case "warnings before":
            return b"<br />\n<b>Warning</b>: something in <b>/srv/feed.php</b><br />\n" + body
        case "rubbish behind":
            return body + b"<!-- cached --><script>track()</script>\x00"
        case "twice":
            return body + body
        case "empty":
            return chance.choice([b"", b" ", b"<", b"<?xml", b"\xff\xfe", b"{}", b"<rss>", b"<feed/>"])
        case "deep":
            return body.replace(b"<title>", b"<title>" + b"<a>" * 300, 1)
        case "huge attribute":
            return body.replace(b"<title>", b"<title x='" + b"y" * 50_000 + b"'>", 1)
        case "namespaces undeclared":
            return body.replace(b"<title>", b"<media:content url='/m.png'/><dc:x:y>z</dc:x:y><title>")
        case "doctype":
            return b"<!DOCTYPE r [<!ENTITY e 'x'><!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>" + body
        case _:
            return body


if __name__ == "__main__":
    for line in said():
        print(json.dumps(line))
