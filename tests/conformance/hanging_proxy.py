"""Proxy of a storage service that can hang: it accepts, and doesn't answer until it is let."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class HangingProxy:
    """Stands before the service at `endpoint` inside the block."""

    def __init__(self, endpoint: str) -> None:
        self._behind = urlsplit(endpoint)
        self._answers = asyncio.Event()
        self._answers.set()
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()

    @property
    def endpoint(self) -> str:
        """Where it stands."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}{self._behind.path}"

    def hang(self) -> None:
        """Hold back what comes from now on."""
        self._answers.clear()

    def answer(self) -> None:
        """Hand on what was held back, and what comes."""
        self._answers.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_connection(self._behind.hostname, self._behind.port)
        for source, target in ((reader, behind_writer), (behind_reader, writer)):
            pipe = asyncio.create_task(self._pipe(source, target))
            self._pipes.add(pipe)
            pipe.add_done_callback(self._pipes.discard)

    async def _pipe(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._answers.wait()
                target.write(data)
                await target.drain()
        except ConnectionError:
            pass  # either side went away, and so does the other
        finally:
            target.close()
