"""Test double of a model: a small local HTTP server that answers by a list, then 200."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, Mapping[str, str]]
"""Status and headers."""


@dataclass(slots=True)
class Model:
    """A running model: its address, the statuses that it has answered, and whether it goes on after the first one."""

    url: str = ""
    answered: list[int] = field(default_factory=list)
    goes_on: threading.Event = field(default_factory=threading.Event)


@contextmanager
def answering(answers: list[Answer]) -> Iterator[Model]:
    """Serve inside the block. Whoever asks a second time waits until `goes_on` is set."""
    model = Model()
    waiting = iter(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if model.answered:
                model.goes_on.wait()
            status, headers = next(waiting, (200, {}))
            model.answered.append(status)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *values: object) -> None:
            """Say nothing: the story is told elsewhere."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    model.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield model
    finally:
        model.goes_on.set()
        server.shutdown()
        server.server_close()
