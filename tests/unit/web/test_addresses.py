"""Which addresses may the app be sent to by a stranger's URL?"""

from __future__ import annotations

import pytest

from shared.errors import Misconfigured, Permanent
from shared.web import addresses
from shared.web.addresses import AllowedLocal

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.4",
    "100.64.0.1",
    "100.100.100.200",  # a cloud's metadata
    "168.63.129.16",  # Azure's platform
    "169.254.169.254",  # metadata of Azure and others
    "169.254.130.1",  # App Service's identity endpoint
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",  # IPv4-compatible
    "::ffff:127.0.0.1",  # IPv4-mapped
    "::ffff:169.254.169.254",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",  # NAT64
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::7f00:1",  # Teredo
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",  # a cloud's metadata
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_off_the_public_internet_is_not_public(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "20.50.1.1", "2606:4700::1111", "2a00:1450:4001::200e"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.jpg",
        "HTTPS://EXAMPLE.COM/a.jpg?size=2&sign=%2F",
        "https://cdn.example:8443/a.jpg",
        "https://8.8.8.8/a.jpg",
        "https://[2606:4700::1111]/a.jpg",
        "https://xn--bcher-kva.example/a.jpg",
        "https://4example.com/",
    ],
)
def test_a_public_https_address_is_fetched(url: str) -> None:
    addresses.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.jpg",
        "ftp://example.com/a.jpg",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_",
        "data:image/png;base64,AA==",
        "javascript:alert(1)",
        "blob:https://example.com/1",
        "//example.com/a.jpg",
        "example.com/a.jpg",
        "",
        "https://",
        "https:///a.jpg",
        "https://?a",
        "https://ada@example.com/",
        "https://ada:secret@example.com/",
        "https://example.com@127.0.0.1/",
        "https://@example.com/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/a b.jpg",
        "https://exa\tmple.com/",
        "https://example.com/\r\nHost: inside",
        "https://example.com:99999/",
        "https://example.com:port/",
        "https://[::1",
        "https://１２７.0.0.1/",
        "https://127。0。0。1/",
        "https://" + "a" * 3000,
    ],
)
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(Permanent) as refused:
        addresses.check(url)

    assert (refused.value.code, refused.value.dependency) == ("address_refused", "content")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",  # decimal
        "0177.0.0.1",  # octal
        "017700000001",
        "0x7f000001",  # hex
        "0x7f.0.0.1",
        "0X7F.1",
        "127.1",
        "127.0.1",
        "0",
        "127.0.0.1.",
        "8.8.8.8.",
        "0x8.8.8.8",
        "010.8.8.8",
        "1.2.3.4.5",
        "256.1.1.1",
        "example.0x7f",
        "169.254.169.254",
        "168.63.129.16",
        "224.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1%25eth0]",
    ],
)
def test_a_host_that_is_a_private_or_disguised_address_is_refused_unresolved(host: str) -> None:
    with pytest.raises(Permanent, match="isn't fetched") as refused:
        addresses.check(f"https://{host}/a.jpg")

    assert refused.value.code == "address_refused"


def test_a_refusal_keeps_path_query_and_password_to_itself() -> None:
    with pytest.raises(Permanent) as refused:
        addresses.check("https://ada:secret@example.com/private?sig=token")

    assert "https://example.com" in str(refused.value)
    assert not {"secret", "private", "token", "ada"} & set(str(refused.value).replace("/", " ").split())


def test_an_allowed_local_host_counts_by_its_very_name_and_port() -> None:
    allowed = AllowedLocal("127.0.0.1:8080, localhost:9090 [::1]:80")

    covered = [
        "http://127.0.0.1:8080/a.jpg",
        "https://127.0.0.1:8080/",
        "http://LOCALHOST:9090/",
        "http://[::1]/",
    ]
    others = ["http://127.0.0.1:8081/", "http://127.0.0.1/", "http://localhost:8080/", "http://a.localhost:9090/"]
    assert [allowed.covers(url) for url in covered] == [True] * 4
    assert [allowed.covers(url) for url in others] == [False] * 4


@pytest.mark.parametrize("setting", ["localhost", "localhost:", "http://localhost:1", "a:b", "ada@localhost:1", ":80"])
def test_a_bad_allowed_local_host_is_named(setting: str) -> None:
    with pytest.raises(Misconfigured, match="FETCH_ALLOWED_LOCAL"):
        AllowedLocal(setting)


def test_an_allowed_local_host_may_be_asked_by_http_but_not_by_other_schemes() -> None:
    addresses.check("http://127.0.0.1:8080/a.jpg", local=True)

    with pytest.raises(Permanent):
        addresses.check("ftp://127.0.0.1:8080/a.jpg", local=True)
