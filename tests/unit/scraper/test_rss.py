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
    assert (entry.url, entry.title, entry.text) == (
        "https://shop.example/dress?utm_source=rss&id=7",
        "Linen & lace",
        "A dress",
    )
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


@pytest.mark.parametrize("content_type", ["application/rss+xml", "text/html", "text/plain", ""])
def test_an_empty_feed_has_no_entries_and_is_no_error(content_type: str) -> None:
    assert read(page(rss(), content_type=content_type, charset="utf-8")).entries == ()


def test_an_rdf_item_becomes_an_entry() -> None:
    rdf = b"""<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>
    <channel><title>Mag</title></channel><item rdf:about='/v'><title>Velvet</title><link>/v</link></item></rdf:RDF>"""

    (entry,) = read(page(rdf)).entries

    assert (entry.url, entry.title) == ("https://shop.example/v", "Velvet")


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


HOME = "<link>https://shop.example/</link>"


def channel(*items: str, head: str = HOME, root: str = "<rss version='2.0'>") -> Page:
    """Return an RSS feed with this head of its channel and these items."""
    return page(f"{root}<channel><title>Shop</title>{head}{''.join(items)}</channel></rss>".encode())


@pytest.mark.parametrize(
    "link", ["/p?$pdp$", "/?/dresses/silk", "/caf%E9", "/p?v2", "/p?", "/#!/p/1", "/p?b=1&amp;a=2"]
)
def test_an_address_is_kept_as_the_feed_writes_it(link: str) -> None:
    (entry,) = read(channel(f"<item><title>x</title><link>https://shop.example{link}</link></item>")).entries

    assert entry.url == f"https://shop.example{link.replace('&amp;', '&')}"


def keys(page: Page) -> list[tuple[str, str]]:
    """Return address and part of each of a feed's entries."""
    return [(entry.url, entry.part) for entry in read(page).entries]


def test_posts_that_differ_in_the_fragment_are_told_apart_by_their_guids() -> None:
    posts = [
        f"<item><title>t</title><link>/news#{n}</link><guid isPermaLink='false'>g{n}</guid></item>" for n in range(5)
    ]
    twice = "<item><title>t</title><link>/news#top</link><guid isPermaLink='false'>g0</guid></item>"

    found = keys(channel(*posts, twice))

    assert [part for _, part in found] == ["g0", "g1", "g2", "g3", "g4", "g0"]


@pytest.mark.parametrize(
    ("link", "guid"),
    [
        ("/dress#reviews", ""),
        ("/dress#reviews", "<guid>https://shop.example/dress</guid>"),
        ("/dress#xtor=RSS-1", "<guid isPermaLink='false'>7</guid>"),
        ("/dress", "<guid isPermaLink='false'>7</guid>"),
    ],
)
def test_a_fragment_that_leads_into_the_page_makes_no_part(link: str, guid: str) -> None:
    ((_, part),) = keys(channel(f"<item><title>x</title><link>{link}</link>{guid}</item>"))

    assert part == ""


@pytest.mark.parametrize(
    "told",
    [
        "<guid isPermaLink='false'>ep-{n}</guid>",
        "<guid>ep-{n}</guid>",
        "<guid isPermaLink='false'>https://shop.example/?p={n}</guid>",
        "<link/><guid isPermaLink='false'>ep-{n}</guid>",
        "<link>N/A</link>",
        "<link>#</link><guid isPermaLink='false'>ep-{n}</guid>",
        "<link>N/A</link><guid isPermaLink='false'>N/A</guid>",
        "<link>javascript:void(0)</link>",
        "",
    ],
)
def test_what_names_no_address_is_a_part_of_the_page_that_the_feed_is_about(told: str) -> None:
    items = [f"<item><title>Episode {n}</title>{told.replace('{n}', str(n))}</item>" for n in (1, 2)]

    found = keys(channel(*items))

    assert [url for url, _ in found] == ["https://shop.example/"] * 2
    assert len({part for _, part in found} - {""}) == 2
    assert read(channel(*items, head="")).entries == ()


@pytest.mark.parametrize("link", ["", "<link/>", "<link></link>", "<link> </link>"])
def test_a_guid_that_is_a_permalink_is_the_address(link: str) -> None:
    assert keys(channel(f"<item>{link}<title>x</title><guid>https://shop.example/p/1</guid></item>")) == [
        ("https://shop.example/p/1", "")
    ]


@pytest.mark.parametrize(
    ("fetched", "entry"),
    [
        (page(rss("<item><title>x</title><link>p</link><enclosure url='i.png' type='image/png'/></item>")), ""),
        (Page(URL, rss("<item><title>x</title><link>p</link><enclosure url='i.png' type='image/png'/></item>"),
              given_base="https://shop.example/de/feed"), "de/"),
        (channel("<item xml:base='https://shop.example/b/'><title>x</title><link>p</link><description>"
                 "&lt;img src=i.png&gt;</description></item>", head="<link>https://other.example/</link>"), "b/"),
        (page(b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/c/'><entry><title>x</title><link href='p'/>"
              b"<content type='html'>&lt;img src='i.png'></content></entry></feed>"), "c/"),
        (page(b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://shop.example/c/'><entry xml:base='d/'>"
              b"<title>x</title><link href='p'/><link rel='enclosure' type='image/png' href='i.png'/></entry></feed>"),
         "c/d/"),
    ],
)  # fmt: skip
def test_relative_links_are_relative_to_the_nearest_base(fetched: Page, entry: str) -> None:
    (found,) = read(fetched).entries

    assert (found.url, found.image_url) == (f"https://shop.example/{entry}p", f"https://shop.example/{entry}i.png")


def test_links_of_a_feed_on_another_host_are_relative_to_the_page_that_it_is_about() -> None:
    item = "<item><title>x</title><link>/p</link><description>&lt;img src='/i.png'&gt;</description></item>"

    (entry,) = read(channel(item, head="<link>https://www.shop.example/blog/</link>")).entries

    assert (entry.url, entry.image_url) == ("https://www.shop.example/p", "https://www.shop.example/i.png")


MEDIA = (
    "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/' xmlns:g='http://base.google.com/ns/1.0' "
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>"
)


@pytest.mark.parametrize(
    "told",
    [
        "<media:content url='/f.mp4' type='video/mp4'/><media:content url='/i.png' medium='image'/>",
        "<media:content url='/pixel.gif' type='image/gif'/><media:thumbnail url='/i.png'/>",
        "<media:content url='/c.gif' type='image/gif' width='1' height='1'/><enclosure url='/i.png' type='image/png'/>",
        "<media:group><media:content url='/f.mp4'/><media:content url='/i.png'/></media:group>",
        "<enclosure url='/a.mp3' type='audio/mpeg'/><enclosure url='/i.png' length='1'/>",
        "<media:content url='data:,x' type='image/gif'/><description>&lt;img src=/i.png&gt;</description>",
        "<itunes:image href='/i.png'/>",
        "<g:image_link>/i.png</g:image_link>",
        "<description>&lt;img src='/pixel.gif' width=1&gt;&lt;img data-src=/i.png src='data:,'&gt;</description>",
    ],
)
def test_a_picture_is_the_first_real_one(told: str) -> None:
    (entry,) = read(channel(f"<item><title>x</title><link>/p</link>{told}</item>", root=MEDIA)).entries

    assert entry.image_url == "https://shop.example/i.png"


def test_a_date_that_is_not_understood_gives_way_to_the_next() -> None:
    item = "<item><title>x</title><link>/p</link><pubDate>{}</pubDate></item>"
    dates = ["2026/11/19 15:07:41", "Thu, 19 Nov 2026 15:07:41 CEST", "1795424400", "Thu, 19 Nov 2026 15:07:41 IST"]

    found = read(channel(*(item.replace("{}", date) for date in dates))).entries

    assert [entry.published_at for entry in found] == [
        "2026-11-19T15:07:41.000Z", "2026-11-19T13:07:41.000Z", "2026-11-23T09:00:00.000Z", None,
    ]  # fmt: skip


def test_a_page_that_has_items_in_it_is_no_feed() -> None:
    with pytest.raises(Unreadable) as refused:
        read(page(b"<html><body><item><title>x</title><link>/x</link></item></body></html>", content_type="text/html"))

    assert refused.value.code == "feed_broken"
