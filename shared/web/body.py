"""Body of a fetched answer: how is it read and unpacked within a limit?

A packed body may unpack to a thousand times its size: it is unpacked piece by piece, and left once it is too large.
"""

from __future__ import annotations

import zlib

import aiohttp

from shared.errors import NightshiftError, Permanent
from shared.web import addresses

_CHUNK_BYTES = 64 * 1024


async def read_body(response: aiohttp.ClientResponse, url: str, limit: int) -> bytes:
    """Return what a server sends, unpacked: at most `limit` bytes, neither as sent nor as unpacked.

    Raises Permanent (dependency ``content``): `content_too_large`, `content_encoding` or `content_empty`.
    """
    unpack = _Unpacking(response.headers.get("Content-Encoding", ""), url)
    announced = response.content_length
    if announced is not None and announced > limit:
        raise _too_large(url, limit)
    body, sent = bytearray(), 0
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        sent += len(chunk)
        body += unpack.feed(chunk, limit + 1 - len(body))
        if max(sent, len(body)) > limit:
            raise _too_large(url, limit)
    unpack.finish()
    if not body:
        raise Permanent(f"{addresses.shown(url)} sends nothing", code="content_empty", dependency="content")
    return bytes(body)


class _Unpacking:
    """Undoes a content encoding, a bounded piece at a time."""

    def __init__(self, encoding: str, url: str) -> None:
        self._url = url
        name = encoding.strip().lower()
        if name in ("", "identity"):
            self._zlib = None
        elif name in ("gzip", "x-gzip", "deflate"):
            self._zlib = zlib.decompressobj(wbits=47)  # gzip or zlib, as its head says
        else:
            raise self._bad(f"the content encoding {encoding[:40]!r} wasn't asked for")

    def feed(self, chunk: bytes, limit: int) -> bytes:
        """Return what `chunk` unpacks to, at most `limit` bytes of it: whoever gets so many stops there."""
        if self._zlib is None:
            return chunk
        try:
            return self._zlib.decompress(chunk, max(limit, 1))
        except zlib.error as error:
            raise self._bad(str(error)) from None

    def finish(self) -> None:
        """Raise Permanent when the packed body isn't whole."""
        if self._zlib is not None and not self._zlib.eof:
            raise self._bad("the packed body is cut off")

    def _bad(self, why: str) -> NightshiftError:
        return Permanent(f"{addresses.shown(self._url)}: {why}", code="content_encoding", dependency="content")


def _too_large(url: str, limit: int) -> Permanent:
    return Permanent(
        f"{addresses.shown(url)} sends more than {limit} bytes", code="content_too_large", dependency="content"
    )
