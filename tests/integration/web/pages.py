"""A web server on this machine that plays good and bad ones: each path is a function that writes the whole answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Page = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Page:
    """Return a page with this status and body; underscores in names of headers stand for hyphens."""
    headers = {"Content_Type": "image/png", "Content_Length": str(len(body)), **headers}
    head = f"HTTP/1.1 {status} Status\r\nConnection: close\r\n"
    head += "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items() if value)

    async def page(writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode() + b"\r\n" + body)
        await writer.drain()

    return page


@dataclass
class Site:
    """A running server: its address, and the requests it got."""

    port: int
    pages: dict[str, Page]
    asked: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def host(self) -> str:
        """What FETCH_ALLOWED_LOCAL takes."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """Return the address of a page."""
        return f"http://{self.host}{path}"


@asynccontextmanager
async def serving(**pages: Page) -> AsyncIterator[Site]:
    """Serve `pages` (by the first part of their path) inside the block."""
    site = Site(0, pages)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        site.connections += 1
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            site.asked.append(request)
            name = request.split(" ")[1].strip("/").split("/")[0] or "index"
            await site.pages.get(name, answer(404))(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
