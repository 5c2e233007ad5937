"""Test double of a model: a small local HTTP server that answers by a list, then 200."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, Mapping[str, str]]
"""Status and headers."""


@contextmanager
def answering(answers: list[Answer]) -> Iterator[tuple[str, list[int]]]:
    """Serve inside the block; yield the address, and the list that the answered statuses are added to."""
    answered: list[int] = []
    waiting = iter(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers = next(waiting, (200, {}))
            answered.append(status)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *values: object) -> None:
            """Say nothing: the story is told elsewhere."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", answered
    finally:
        server.shutdown()
        server.server_close()
