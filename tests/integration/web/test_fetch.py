"""What comes of fetching from good, bad and hostile servers?"""

from __future__ import annotations

import asyncio
import gzip
import io
import socket
import string
import struct
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from processors.taste.analysers.findings import ItemText
from processors.taste.analysers.local import analyse
from shared.errors import NightshiftError, Permanent, Transient
from shared.web.exchange import PICTURE_TYPES, Fetched, Wanted
from shared.web.fetch import Fetcher
from tests.integration.web.pages import Page, Site, answer, serving

LIMIT = 1_000_000
WANTED = Wanted(PICTURE_TYPES, LIMIT)
DOTS = {".", "..", "%2e", "%2e%2e", ".%2e", "%2e."}
"""Parts of a path that a browser takes out."""
IMPATIENT = Wanted(PICTURE_TYPES, LIMIT, total_seconds=1.0, idle_seconds=0.3)


def png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(stream, "PNG")
    return stream.getvalue()


class Answers(AbstractResolver):
    """A resolver that gives each list of addresses once, then the last for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def fetcher(site: Site | None = None, resolver: AbstractResolver | None = None) -> AsyncIterator[Fetcher]:
    opened = Fetcher(site.host if site else "", resolver)
    try:
        yield opened
    finally:
        await opened.close()


async def got(url: str, site: Site, wanted: Wanted = WANTED) -> Fetched:
    async with fetcher(site) as fetching:
        return await fetching.get(url, wanted)


async def failure(page: Page, wanted: Wanted = WANTED) -> NightshiftError:
    """What fetching a server's one page raises."""
    async with serving(index=page) as site:
        with pytest.raises(NightshiftError) as failed:
            await got(site.url(), site, wanted)
    assert failed.value.dependency == "content"
    return failed.value


async def test_a_picture_comes_as_it_is() -> None:
    async with serving(index=answer(body=png(), Content_Type="image/PNG; charset=x")) as site:
        fetched = await got(site.url(), site)

    assert (fetched.body, fetched.content_type) == (png(), "image/png")


async def test_a_packed_picture_is_unpacked() -> None:
    async with serving(
        gzip=answer(body=gzip.compress(png()), Content_Encoding="gzip"),
        deflate=answer(body=zlib.compress(png()), Content_Encoding="deflate"),
    ) as site:
        bodies = [(await got(site.url(f"/{name}"), site)).body for name in ("gzip", "deflate")]

    assert bodies == [png(), png()]


async def test_the_request_says_nothing_about_anyone() -> None:
    async with serving(index=answer(body=b"x", Set_Cookie="a=b")) as site, fetcher(site) as fetching:
        await fetching.get(site.url(), WANTED)
        await fetching.get(site.url(), WANTED)

    names = {line.split(":")[0].lower() for line in site.asked[1].split("\r\n")[1:] if line}
    assert names == {"host", "user-agent", "accept-encoding", "accept"}


@pytest.mark.parametrize(
    ("status", "error_class", "code"),
    [
        (401, Permanent, "content_denied"),
        (403, Permanent, "content_denied"),
        (404, Permanent, "content_missing"),
        (410, Permanent, "content_missing"),
        (400, Permanent, "content_refused"),
        (451, Permanent, "content_refused"),
        (204, Permanent, "content_refused"),
        (408, Transient, "content_busy"),
        (429, Transient, "content_busy"),
        (500, Transient, "content_failed"),
        (502, Transient, "content_failed"),
        (503, Transient, "content_failed"),
    ],
)
async def test_each_status_has_its_class(status: int, error_class: type[Exception], code: str) -> None:
    failed = await failure(answer(status, Content_Length="0"))

    assert (type(failed), failed.code) == (error_class, code)


async def test_a_refusal_says_which_path_it_was_and_never_the_query() -> None:
    async with serving(index=answer(404, Content_Length="0")) as site:
        with pytest.raises(Permanent) as failed:
            await got(f"{site.url()}?sig=s3cr3t", site)

    assert str(failed.value).endswith(f" answers 404 for '{urlsplit(site.url()).path}'")


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/json", "application/zip"])
async def test_what_is_no_picture_is_not_read(content_type: str) -> None:
    failed = await failure(answer(body=b"<html>", Content_Type=content_type))

    assert (type(failed), failed.code) == (Permanent, "content_type")


@pytest.mark.parametrize("content_type", ["", "application/octet-stream", "binary/octet-stream"])
async def test_a_body_of_no_known_type_may_be_a_picture(content_type: str) -> None:
    async with serving(index=answer(body=png(), Content_Type=content_type)) as site:
        assert (await got(site.url(), site)).body == png()


async def test_an_empty_body_is_no_picture() -> None:
    assert (await failure(answer(body=b""))).code == "content_empty"


async def test_an_announced_excess_is_not_read() -> None:
    failed = await failure(answer(body=b"x", Content_Length=str(LIMIT + 1)))

    assert (type(failed), failed.code) == (Permanent, "content_too_large")


async def test_the_limit_itself_is_taken() -> None:
    async with serving(index=answer(body=b"x" * LIMIT)) as site:
        assert len((await got(site.url(), site)).body) == LIMIT


async def test_an_endless_body_is_cut_at_the_limit() -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            sent += 65536
            await writer.drain()

    failed = await failure(endless)

    assert (type(failed), failed.code) == (Permanent, "content_too_large")
    assert sent < 20 * LIMIT


async def test_a_gzip_bomb_is_cut_at_the_limit_in_little_memory() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(400)) + packer.flush()
    page = answer(body=bomb, Content_Encoding="gzip")
    assert len(bomb) < LIMIT  # as sent it is within the limit
    async with serving(index=page) as site:
        tracemalloc.start()
        with pytest.raises(Permanent) as failed:
            await got(site.url(), site)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert failed.value.code == "content_too_large"
    assert peak < 8 * LIMIT


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"not packed", "gzip"), (gzip.compress(b"x" * 99, mtime=0)[:-9], "gzip"), (b"x", "br"), (b"x", "gzip, gzip")],
)
async def test_a_body_that_does_not_unpack_is_refused(body: bytes, encoding: str) -> None:
    failed = await failure(answer(body=body, Content_Encoding=encoding))

    assert (type(failed), failed.code) == (Permanent, "content_encoding")


async def test_a_png_of_huge_dimensions_is_refused_before_decoding() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9999))) + chunk(b"IEND", b"")
    )
    async with serving(index=answer(body=bomb)) as site:
        fetched = await got(site.url(), site)

    with pytest.raises(Permanent) as failed:
        analyse(fetched.body, ItemText())
    assert failed.value.code == "picture_too_large"


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def silent_midway(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 99\r\n\r\nx")
    await asyncio.sleep(30)


async def dripping(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9999\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def dripping_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Y: z\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("page", [silent, silent_midway, dripping, dripping_headers])
async def test_a_slow_server_is_left_in_time(page: Page) -> None:
    began = time.monotonic()

    failed = await failure(page, IMPATIENT)

    assert (type(failed), failed.code) == (Transient, "content_slow")
    assert time.monotonic() - began < 3


async def cut_off(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 99\r\n\r\nx")
    await writer.drain()


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def gibberish(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")


@pytest.mark.parametrize("page", [cut_off, hang_up, gibberish])
async def test_a_broken_answer_may_be_whole_next_time(page: Page) -> None:
    failed = await failure(page)

    assert (type(failed), failed.code) == (Transient, "content_unreachable")


async def test_a_port_where_nobody_listens_may_be_open_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    opened = Fetcher(f"127.0.0.1:{port}")
    with pytest.raises(Transient) as failed:
        await opened.get(f"http://127.0.0.1:{port}/", WANTED)
    await opened.close()

    assert failed.value.code == "content_unreachable"


async def test_three_redirects_are_followed_and_no_fourth() -> None:
    steps = {f"step{n}": answer(302, Location=f"/step{n + 1}") for n in range(9)}
    async with serving(**{**steps, "step3": answer(body=png())}) as site:
        fetched = await got(site.url("/step0"), site)
    async with serving(**steps) as other:
        with pytest.raises(Permanent) as failed:
            await got(other.url("/step0"), other)

    assert fetched.url == site.url("/step3")
    assert failed.value.code == "redirects"
    assert len(other.asked) == 4


_UNRESERVED = string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@%"


@settings(max_examples=60)
@given(
    st.text(_UNRESERVED + "/[]|", max_size=40).filter(lambda path: not set(path.lower().split("/")) & DOTS),
    st.none() | st.text(_UNRESERVED.replace("'", "") + "/?[]{}|^`\\", max_size=40),
)
def test_an_address_is_asked_for_byte_by_byte_as_it_is_given(path: str, query: str | None) -> None:
    target = f"/index/{path}" + ("" if query is None else f"?{query}")

    async def asked() -> list[str]:
        redirect = answer(302, Location=target)
        async with serving(index=answer(body=png()), redirect=redirect) as site, fetcher(site) as fetching:
            await fetching.get(site.url(target), WANTED)
            await fetching.get(site.url("/redirect"), WANTED)
            return [request.split("\r\n")[0] for request in site.asked if "GET /redirect " not in request]

    assert set(asyncio.run(asked())) == {f"GET {target} HTTP/1.1"}


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("/ä?q=ä", "/%C3%A4?q=%C3%A4"),
        ("/caf%E9", "/caf%E9"),
        ("/a/../b/%2e%2E/index", "/index"),
        ("/index#top", "/index"),
        ("/index?#top", "/index?"),
        ("//index//", "//index//"),
    ],
)
async def test_what_a_browser_writes_another_way_is_asked_for_that_way(given: str, asked: str) -> None:
    async with serving(
        **{name: answer(body=png()) for name in ("index", "%C3%A4?q=%C3%A4", "caf%E9", "index?")}
    ) as site:
        await got(site.url(given), site)

    assert site.asked[0].split(" ")[1] == asked


async def test_bytes_of_a_redirect_are_kept() -> None:
    async with serving(**{"caf%E9?x y".replace(" ", "%20"): answer(body=png())}) as site:

        async def redirect(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: /caf\xe9?x y\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

        site.pages["index"] = redirect
        await got(site.url(), site)

    assert site.asked[1].split(" ")[1] == "/caf%E9?x%20y"


@pytest.mark.parametrize(("location", "base"), [("", "/index"), ("/en/index", "/en/index"), ("http://[::1", "/index")])
async def test_links_are_relative_to_what_content_location_says(location: str, base: str) -> None:
    async with serving(index=answer(body=png(), Content_Location=location)) as site:
        fetched = await got(site.url("/index"), site)

    assert fetched.base == site.url(base)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_nowhere_is_refused(status: int) -> None:
    assert (await failure(answer(status))).code == "redirects"


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{other}/",
        "https://127.0.0.1:{other}/",
        "//127.0.0.1:{other}/",
        "http://localhost:{port}/",
        "http://2130706433:{other}/",
        "http://[::1]:{other}/",
        "https://169.254.169.254/metadata/instance",
        "http://168.63.129.16/machine/?comp=goalstate",
        "https://10.0.0.1/",
        "http://example.com/a.jpg",
        "file:///etc/passwd",
        "ftp://example.com/",
        "https://ada:secret@example.com/",
        "https://[::1",
    ],
)
async def test_a_redirect_to_a_refused_address_is_not_followed(target: str) -> None:
    async with serving(index=answer(body=png())) as inside, serving() as site:
        site.pages["index"] = answer(302, Location=target.format(other=inside.port, port=site.port))
        with pytest.raises(Permanent) as failed:
            await got(site.url(), site)

    assert failed.value.code == "address_refused"
    assert inside.connections == 0


async def test_a_local_host_that_redirects_to_a_name_gives_it_no_permission() -> None:
    page = answer(302, Location="https://outside.example/")
    async with serving(index=page) as site, fetcher(site, Answers(["127.0.0.1"])) as fetching:
        with pytest.raises(Permanent) as failed:
            await fetching.get(site.url(), WANTED)

    assert failed.value.code == "address_refused"
    assert site.connections == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "224.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fd00:ec2::254",
    ],
)
async def test_a_name_that_resolves_to_a_private_address_is_refused_at_the_socket(address: str) -> None:
    async with fetcher(resolver=Answers([address])) as fetching:
        with pytest.raises(Permanent) as failed:
            await fetching.get("https://pictures.example/a.jpg", WANTED)

    assert failed.value.code == "address_refused"


async def test_a_name_that_answers_public_first_and_private_then_is_refused() -> None:
    rebinding = Answers(["93.184.216.34"], ["127.0.0.1"])
    before = await rebinding.resolve("pictures.example")
    async with serving(index=answer(body=png())) as site, fetcher(resolver=rebinding) as fetching:
        with pytest.raises(Permanent) as failed:
            await fetching.get(f"https://pictures.example:{site.port}/", WANTED)

    assert before[0]["host"] == "93.184.216.34"
    assert failed.value.code == "address_refused"
    assert site.connections == 0


async def test_a_private_address_among_a_names_addresses_is_never_the_fallback() -> None:
    unusable = "203.0.113.1"  # refused too: no test reaches the internet
    async with (
        serving(index=answer(body=png())) as site,
        fetcher(resolver=Answers([unusable, "127.0.0.1"])) as fetching,
    ):
        with pytest.raises(Permanent):
            await fetching.get(f"https://pictures.example:{site.port}/", WANTED)

    assert site.connections == 0


@pytest.mark.parametrize("host", ["2130706433", "0177.0.0.1", "0x7f000001", "127.1", "127.0.0.1", "[::ffff:127.0.0.1]"])
async def test_a_disguised_loopback_is_not_connected_to(host: str) -> None:
    async with serving(index=answer(body=png())) as site, fetcher() as fetching:
        with pytest.raises(Permanent) as failed:
            await fetching.get(f"https://{host}:{site.port}/", WANTED)

    assert failed.value.code == "address_refused"
    assert site.connections == 0


async def test_an_allowed_local_host_lets_no_other_name_in() -> None:
    async with serving(index=answer(body=png())) as site, fetcher(site, Answers(["127.0.0.1"])) as fetching:
        with pytest.raises(Permanent) as failed:
            await fetching.get(f"https://evil.example:{site.port}/", WANTED)

    assert failed.value.code == "address_refused"
    assert site.connections == 0


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(index=answer(body=b"proxied")) as proxy, serving(index=answer(body=b"direct")) as site:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        fetched = await got(site.url(), site)

    assert (fetched.body, proxy.connections) == (b"direct", 0)


async def test_a_host_that_no_resolver_can_take_is_refused() -> None:
    async with fetcher() as fetching:
        with pytest.raises(Permanent) as failed:
            await fetching.get(f"https://{'a' * 70}.example/", WANTED)

    assert failed.value.code == "address_refused"
