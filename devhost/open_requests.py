"""Open requests: who waits for an HTTP function, and what do they get when the worker is lost?

The real host answers them with a bare 500, since it lives on. devhost starts itself anew, so it writes that answer
right before: from any thread, since the event loop may be the one that hangs.
"""

from __future__ import annotations

import contextlib
import os
import threading
from asyncio.trsock import TransportSocket
from collections.abc import Iterator

_BARE_500 = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class OpenRequests:
    """The connections whose request isn't answered yet."""

    def __init__(self) -> None:
        self._waiting: set[TransportSocket] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def waiting(self, connection: TransportSocket | None) -> Iterator[None]:
        """Count `connection` among those that wait, inside the block. None: the client is gone already."""
        if connection is None:
            yield
            return
        with self._lock:
            self._waiting.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._waiting.discard(connection)

    def fail(self) -> None:
        """Answer all with a bare 500. Nobody is answered otherwise after that: it keeps the lock."""
        self._lock.acquire()
        for connection in self._waiting:
            # A client that went away has left a closed connection behind.
            with contextlib.suppress(OSError):
                os.write(connection.fileno(), _BARE_500)
