"""Is a feed read, whatever version it is and however it is written?"""

from __future__ import annotations

from itertools import pairwise

import pytest

from processors.scraper.entries import MAX_ENTRIES, Page, Unreadable
from processors.scraper.types.rss import read

URL = "https://shop.example/feed.xml"


def rss(*items: str) -> bytes:
    """Return an RSS feed with these items."""
    return f"<rss version='2.0'><channel><title>Shop</title>{''.join(items)}</channel></rss>".encode()


def page(body: bytes, **more: str) -> Page:
    """Return what was fetched."""
    return Page(URL, body, **more)


def test_an_rss_item_becomes_an_entry() -> None:
    found = read(
        page(
            rss(
                "<item><title>Linen &amp;amp; lace</title><link>/dress?utm_source=rss&amp;id=7</link>"
                "<pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate>"
                "<description>&lt;p&gt;A &lt;b&gt;dress&lt;/b&gt;&lt;/p&gt;"
                "&lt;img src='/d.jpg?a=1&amp;amp;b=2'&gt;</description></item>"
            )
        )
    )

    (entry,) = found.entries
    assert (entry.url, entry.title, entry.text) == ("https://shop.example/dress?id=7", "Linen & lace", "A dress")
    assert (entry.published_at, entry.image_url) == ("2026-11-23T09:00:00.000Z", "https://shop.example/d.jpg?a=1&b=2")


def test_an_atom_entry_becomes_an_entry() -> None:
    atom = """<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'>
    <title>Mag</title><entry><title>Velvet</title><id>tag:1</id><link rel='alternate' href='https://mag.example/v'/>
    <updated>2026-11-22T08:00:00Z</updated><content type='html'>&lt;p&gt;Velvet nights&lt;/p&gt;</content>
    <media:thumbnail url='https://cdn.example/v.png'/></entry></feed>"""

    (entry,) = read(page(atom.encode())).entries

    assert (entry.url, entry.title, entry.text) == ("https://mag.example/v", "Velvet", "Velvet nights")
    assert (entry.published_at, entry.image_url) == ("2026-11-22T08:00:00.000Z", "https://cdn.example/v.png")


def test_an_entry_without_address_or_words_is_left_out_and_counted() -> None:
    found = read(page(rss("<item><title>no link</title></item>", "<item><link>/x</link></item>")))

    assert (found.entries, found.left_out) == ((), 2)


def test_an_entry_without_title_is_called_by_its_text() -> None:
    (entry,) = read(page(rss("<item><link>/x</link><description>Just words</description></item>"))).entries

    assert entry.title == "Just words"


def test_an_empty_feed_has_no_entries_and_is_no_error() -> None:
    assert read(page(rss())).entries == ()


@pytest.mark.parametrize(
    "body",
    [b"<rss><channel><item><title>cut off", b"not xml", b"<html><body>404</body></html>", b"\x00\xff", b"{}", b"   "],
)
def test_what_is_no_feed_is_refused_and_never_no_items(body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(page(body))

    assert refused.value.code == "feed_broken"


def test_a_feed_in_latin_1_that_the_server_tells_of_is_read_right() -> None:
    body = rss("<item><title>Café</title><link>/c</link></item>").decode()

    (entry,) = read(page(body.encode("latin-1"), content_type="text/xml", charset="iso-8859-1")).entries

    assert entry.title == "Café"


def test_a_feed_that_names_a_wrong_charset_is_read_as_well_as_can_be() -> None:
    body = "<?xml version='1.0' encoding='utf-8'?>" + rss("<item><title>Café</title><link>/c</link></item>").decode()

    (entry,) = read(page(body.encode("cp1252"))).entries

    assert entry.title.startswith("Caf")


def test_what_came_before_a_feed_breaks_off_is_taken() -> None:
    whole = rss("<item><title>first</title><link>/1</link></item>", "<item><title>second</title><link>/2</link></item>")

    assert [entry.title for entry in read(page(whole[:-60])).entries][:1] == ["first"]


def test_entities_that_multiply_are_not_unfolded() -> None:
    names = "abcdefghij"
    bomb = b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaa'>"
    bomb += b"".join(f"<!ENTITY {to} '{f'&{of};' * 10}'>".encode() for of, to in pairwise(names))
    bomb += b"]><rss version='2.0'><channel><item><title>x &j;</title><link>/x</link></item></channel></rss>"

    entries = read(page(bomb)).entries

    assert all(len(entry.title) < 100 for entry in entries)


def test_external_entities_are_not_read() -> None:
    head = b"<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
    body = head + rss("<item><title>x&e;</title><link>/x</link></item>")

    assert all("root" not in entry.title for entry in read(page(body)).entries)


def test_of_a_feed_that_never_ends_the_first_entries_are_taken() -> None:
    found = read(page(rss(*(f"<item><title>t{n}</title><link>/{n}</link></item>" for n in range(MAX_ENTRIES + 50)))))

    assert (len(found.entries), found.left_out) == (MAX_ENTRIES, 50)
