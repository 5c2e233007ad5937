"""Does a host have its delay between requests also when workers come late for their turns? Seen by real servers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from demo.feeds_double import Shown, Site
from processors.scraper.hosts import Hosts
from processors.scraper.turns import Turns
from shared import clock
from shared.documents.port import Body, Document
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Transient
from shared.web import fetch
from shared.web.exchange import Wanted
from shared.web.fetch import Fetcher

TEXT = Wanted(frozenset({"text/"}), 1000)
DELAY = 0.3
STALLED = 2 * DELAY
"""Just when another's request is due, if turns were only instants."""
OF_A_CLOCK = 0.02
"""What sleeping and reading clocks may differ by."""


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    """Let time pass as it does."""
    with clock.running_on(clock._system_now):
        yield


class StandsStill:
    """The store of a machine that stands still once, just after it has taken a turn."""

    def __init__(self, inner: SqliteDocuments, stall: Callable[[], None]) -> None:
        self._inner, self._stall = inner, stall

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def replace(self, container: Any, body: Body, etag: str) -> Document:
        """See Documents."""
        written = await self._inner.replace(container, body, etag)
        if body["id"].startswith("turn|"):
            self._stall()
        return written


class Stall:
    """Stands still once, and says when it begins to."""

    def __init__(self) -> None:
        self.begun = threading.Event()

    def __call__(self) -> None:
        if not self.begun.is_set():
            self.begun.set()
            time.sleep(STALLED)


def asking(site: Site, store: Path, path: str, stall: Callable[[], None] | None = None) -> threading.Thread:
    """Start a worker of its own thread, loop and connections that asks for one path."""

    async def ask() -> None:
        documents, fetcher = SqliteDocuments(store), Fetcher(site.host)
        try:
            seen: Any = StandsStill(documents, stall) if stall else documents
            await Hosts(fetcher, seen, delay_seconds=DELAY).get(site.url(path), TEXT)
        finally:
            await fetcher.close()
            await documents.close()

    thread = threading.Thread(target=lambda: asyncio.run(ask()), name=path)
    thread.start()
    return thread


def gaps(at: list[float]) -> list[float]:
    """Return the times between requests."""
    return [later - earlier for earlier, later in pairwise(sorted(at))]


@pytest.mark.parametrize("where", ["after its turn was taken", "while it connects"])
def test_a_worker_that_stands_still_takes_another_turn(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    site.shows |= {f"/{n}": Shown(b"x", "text/plain") for n in range(4)}
    store, stall = tmp_path / "turns.db", Stall()
    asking(site, store, "/3").join()  # robots.txt is known from here on
    made = fetch._checked_socket

    def slow(address: Any) -> Any:
        if threading.current_thread().name == "/0":
            stall()
        return made(address)

    if where == "while it connects":
        monkeypatch.setattr(fetch, "_checked_socket", slow)
        late = asking(site, store, "/0")
    else:
        late = asking(site, store, "/0", stall)
    assert stall.begun.wait(10)
    others = [asking(site, store, f"/{n}") for n in (1, 2)]
    for thread in (late, *others):
        thread.join()

    assert len(site.log) == 5
    assert min(gaps([asked.at for asked in site.log])) > DELAY - OF_A_CLOCK


async def test_a_request_that_is_sent_again_takes_a_turn_of_its_own() -> None:
    at: list[float] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        at.append(time.monotonic())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n#")
        await reader.readuntil(b"\r\n\r\n")  # and hangs up on the second request of a connection
        at.append(time.monotonic())
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        documents, fetcher = SqliteDocuments(":memory:"), Fetcher(f"127.0.0.1:{port}")
        await Hosts(fetcher, documents, delay_seconds=DELAY).get(f"http://127.0.0.1:{port}/page", TEXT)
        await fetcher.close()
        await documents.close()

    assert len(at) == 3  # robots.txt, the page, the page again
    assert min(gaps(at)) > DELAY - OF_A_CLOCK


async def test_who_waits_for_a_turn_learns_that_the_host_wants_to_be_left_alone(site: Site) -> None:
    site.shows |= {"/busy": Shown(status=429, headers={"Retry-After": "600"}), "/ok": Shown(b"x", "text/plain")}
    documents, fetcher = SqliteDocuments(":memory:"), Fetcher(site.host)
    hosts = Hosts(fetcher, documents, delay_seconds=DELAY)
    await hosts.get(site.url("/ok"), TEXT)

    asked = await asyncio.gather(
        *(hosts.get(site.url(path), TEXT) for path in ("/busy", "/ok", "/ok")), return_exceptions=True
    )
    await fetcher.close()
    await documents.close()

    assert [getattr(answer, "code", "") for answer in asked] == ["content_busy", "host_busy", "host_busy"]
    assert len(site.asked("/ok")) == 1


async def test_the_delay_that_robots_txt_asks_for_holds_from_its_own_request_on(site: Site) -> None:
    site.shows |= {
        "/robots.txt": Shown(b"User-agent: *\nCrawl-delay: 0.5\n", "text/plain"), "/1": Shown(b"x", "text/plain"),
    }  # fmt: skip
    documents, fetcher = SqliteDocuments(":memory:"), Fetcher(site.host)
    await Hosts(fetcher, documents, delay_seconds=0.1).get(site.url("/1"), TEXT)
    await fetcher.close()
    await documents.close()

    assert gaps([asked.at for asked in site.log])[0] > 0.5 - OF_A_CLOCK


async def test_each_redirect_takes_a_turn(site: Site) -> None:
    site.shows |= {
        "/robots.txt": Shown(status=302, headers={"Location": "/rules"}), "/rules": Shown(b"#", "text/plain"),
        "/old": Shown(status=302, headers={"Location": "/new"}), "/new": Shown(b"x", "text/plain"),
    }  # fmt: skip
    documents, fetcher = SqliteDocuments(":memory:"), Fetcher(site.host)
    await Hosts(fetcher, documents, delay_seconds=DELAY).get(site.url("/old"), TEXT)
    await fetcher.close()
    await documents.close()

    assert [asked.path for asked in site.log] == ["/robots.txt", "/rules", "/old", "/new"]
    assert min(gaps([asked.at for asked in site.log])) > DELAY - OF_A_CLOCK


async def test_a_worker_that_is_always_late_gives_up_instead_of_taking_all_turns() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def racing() -> datetime:
        nonlocal at
        at += timedelta(seconds=5)
        return at

    documents = SqliteDocuments(":memory:")
    with clock.running_on(racing), pytest.raises(Transient, match="too late for its turns") as late:
        await Turns(documents).take("http://host", 1.0)
    await documents.close()

    assert late.value.code == "host_busy"
