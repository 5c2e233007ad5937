"""Is an address kept as it is written, and one thing found under one address however it is linked?"""

from __future__ import annotations

import pytest

from processors.scraper.addresses import absolute, canonical, identity, origin

FEED = "https://shop.example/feed.xml"
DRESS = "https://shop.example/dress?colour=red&size=m"


@pytest.mark.parametrize(
    "link",
    [
        "https://shop.example/dress?size=m&colour=red",
        "HTTPS://Shop.Example:443/dress?colour=red&size=m#reviews",
        "https://shop.example/dress?colour=red&size=m&utm_source=news&utm_campaign=x",
        "https://shop.example/dress?fbclid=abc&colour=red&size=m&gclid=1&MC_CID=2",
        "/dress?size=m&colour=red",
        "  https://shop.example/dress?size=m&colour=red ",
        "//shop.example/dress?size=m&colour=red",
    ],
)
def test_links_to_one_thing_have_one_canonical_address(link: str) -> None:
    address = absolute(link, FEED)

    assert address is not None
    assert canonical(address) == DRESS
    assert identity(address) == identity(DRESS)


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example/p?$pdp$",
        "https://shop.example/?/dresses/silk",
        "https://shop.example/caf%E9?q=%e9",
        "https://shop.example/p?v2",
        "https://shop.example/p?",
        "https://shop.example/p?b=1&a=2&utm_source=x&b=+%20",
        "https://shop.example//a/;b/%7E(c)'!*?x=[1]|{2}^`#!/p/1",
    ],
)
def test_an_address_is_kept_as_it_is_written(address: str) -> None:
    assert absolute(address) == address
    assert absolute(address, FEED) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://shop.example/#!/p/1", "https://shop.example/#!/p/2"),
        ("https://shop.example/#/p/1", "https://shop.example/"),
        ("https://shop.example/caf%E9", "https://shop.example/caf%E8"),
        ("https://shop.example/a?q=%E9", "https://shop.example/a?q=%E8"),
        ("https://shop.example/?/silk", "https://shop.example/?/wool"),
    ],
)
def test_what_tells_pages_apart_counts(one: str, other: str) -> None:
    assert identity(one) != identity(other)


def test_parts_of_a_page_are_things_of_their_own() -> None:
    assert len({identity(DRESS), identity(DRESS, "ep-1"), identity(DRESS, "ep-2")}) == 3


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "https://", "ftp://shop.example/x",
             "https://ada:pw@shop.example/", "https://shop.example:port/", "https://[::1",
             "https://shop.example/" + "x" * 3000, "", " ", "#", "N/A", "none", "null", "undefined", "\ud800"],
)  # fmt: skip
def test_what_is_no_web_address_has_none(link: str) -> None:
    assert absolute(link, FEED) is None


def test_http_and_https_are_the_same_thing_and_other_hosts_are_not() -> None:
    assert identity("http://shop.example/a") == identity("https://shop.example/a")
    assert identity("https://shop.example/a") != identity("https://shop.example/b")
    assert identity("https://shop.example/a") != identity("https://www.shop.example/a")


def test_a_host_in_other_letters_is_written_in_ascii() -> None:
    assert absolute("https://münchen.example/ä") == "https://xn--mnchen-3ya.example/%C3%A4"


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("http://Shop.example:8080/a?b") == "http://shop.example:8080"
