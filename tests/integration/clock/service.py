"""A queue service on loopback whose clock is as wrong as a test wants: to a worker, its own is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.azurite import ACCOUNT, KEY

_PROPERTIES = b"<?xml version='1.0'?><StorageServiceProperties><Cors/></StorageServiceProperties>"


class QueueService:
    """What a worker meets of Azure Storage: properties, sending, postponing. `asked` counts the first."""

    def __init__(self) -> None:
        self.shift = timedelta()
        """How far its clock, and so its Date, is from this machine's."""
        self.date: str | None = None
        """Its Date, if it is to say something else."""
        self.status = 200
        self.asked = 0
        self.changes: list[str] = []
        """Method and address of what else it was asked for."""
        self.address = ""

    @property
    def connection_string(self) -> str:
        """What goes into AzureWebJobsStorage."""
        endpoint = f"http://{self.address}/{ACCOUNT}"
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
            f"BlobEndpoint={endpoint};QueueEndpoint={endpoint};"
        )

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            writer.close()
            return
        method, address, _ = head.split("\r\n")[0].split(" ")
        if "comp=properties" in address:
            self.asked += 1
            status, body = self.status, _PROPERTIES if self.status == 200 else b""
        else:
            self.changes.append(f"{method} {address}")
            status, body = 204, b""
        now = datetime.now(UTC) + self.shift
        date = format_datetime(now.replace(microsecond=0), usegmt=True) if self.date is None else self.date
        lines = [
            f"HTTP/1.1 {status} said", f"Date: {date}", f"Content-Length: {len(body)}", "Connection: close",
            "Content-Type: application/xml", "x-ms-popreceipt: next",
            f"x-ms-time-next-visible: {format_datetime(now.replace(microsecond=0), usegmt=True)}",
        ]  # fmt: skip
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def running() -> AsyncIterator[QueueService]:
    """Run a queue service inside the block."""
    service = QueueService()
    async with await asyncio.start_server(service.answer, "127.0.0.1", 0) as server:
        service.address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]  # noqa: UP031
        yield service


class Machine:
    """A machine's two clocks, moved by a test: the system's, which people set, and the one that only runs."""

    def __init__(self) -> None:
        self.system = datetime.now(UTC)
        self.seconds = 0.0

    def pass_time(self, length: timedelta) -> None:
        """Let time pass."""
        self.system += length
        self.seconds += length.total_seconds()
