"""Test double of the scraped sites: a local server that keeps a log of who asked for what, and when."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Shown:
    """What is at one path. With an `etag` it is sent only to those who don't have it yet."""

    body: bytes = b""
    content_type: str = "application/rss+xml"
    etag: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its path, when it came (seconds of time.monotonic), who asked, and the answer's status."""

    path: str
    at: float
    agent: str
    status: int


@dataclass(slots=True)
class Site:
    """A running server: host:port, what it shows (to be changed at any time), and its log."""

    host: str
    shows: MutableMapping[str, Shown]
    log: list[Asked]

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://{self.host}{path}"

    def asked(self, path: str) -> list[Asked]:
        """Return the requests for a path."""
        return [one for one in self.log if one.path == path]


@contextmanager
def serving(shows: MutableMapping[str, Shown]) -> Iterator[Site]:
    """Serve what `shows` has, by path (its query included), inside the block; anything else is missing (404)."""
    site = Site("", shows, [])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown = site.shows.get(self.path, Shown(status=404))
            known = bool(shown.etag) and self.headers.get("If-None-Match") == shown.etag
            status = _NOT_MODIFIED if known else shown.status
            site.log.append(Asked(self.path, time.monotonic(), self.headers.get("User-Agent", ""), status))
            body = b"" if known else shown.body
            told = {"Content-Type": shown.content_type, "Content-Length": str(len(body)), **shown.headers}
            self.send_response(status)
            for name, value in {**told, **({"ETag": shown.etag} if shown.etag else {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet: the log says it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
