"""Is one thing found under one address, however it is linked?"""

from __future__ import annotations

import pytest

from processors.scraper.addresses import canonical, identity, origin


@pytest.mark.parametrize(
    "link",
    [
        "https://shop.example/dress?size=m&colour=red",
        "https://shop.example/dress?colour=red&size=m",
        "HTTPS://Shop.Example:443/dress?colour=red&size=m#reviews",
        "https://shop.example/dress?colour=red&size=m&utm_source=news&utm_campaign=x",
        "https://shop.example/dress?fbclid=abc&colour=red&size=m&gclid=1&MC_CID=2",
        "/dress?size=m&colour=red",
        "  https://shop.example/dress?size=m&colour=red ",
        "//shop.example/dress?size=m&colour=red",
    ],
)
def test_links_to_one_thing_have_one_canonical_address(link: str) -> None:
    assert canonical(link, "https://shop.example/feed.xml") == "https://shop.example/dress?colour=red&size=m"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "https://", "ftp://shop.example/x", "https://ada:pw@shop.example/",
             "https://shop.example:port/", "https://[::1", "https://shop.example/" + "x" * 3000],
)  # fmt: skip
def test_what_is_no_web_address_has_none(link: str) -> None:
    assert canonical(link) is None


def test_http_and_https_are_the_same_thing_and_other_hosts_are_not() -> None:
    assert identity("http://shop.example/a") == identity("https://shop.example/a")
    assert identity("https://shop.example/a") != identity("https://shop.example/b")
    assert identity("https://shop.example/a") != identity("https://www.shop.example/a")


def test_a_host_in_other_letters_is_written_in_ascii() -> None:
    assert canonical("https://münchen.example/ä") == "https://xn--mnchen-3ya.example/%C3%A4"


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("http://Shop.example:8080/a?b") == "http://shop.example:8080"
