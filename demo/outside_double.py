"""Test double of the outside world: a local server that is a shop with pictures, and a model that looks at them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RETRY_AFTER_SECONDS = 2
_SEEN = {"colors": ["red"], "garments": ["heels", "shoes"], "styleKeywords": ["evening", "elegant"], "brand": None}


@contextmanager
def serving(pictures: Mapping[str, bytes]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Serve inside the block; yield host:port, and the list that (path, status) of each answer is added to.

    `pictures` are PNGs by path; any other path is forbidden. The model's first answer is a rate limit.
    """
    answered: list[tuple[str, int]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in pictures:
                self._answer(200, pictures[self.path], {"Content-Type": "image/png"})
            else:
                self._answer(403, b"", {})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not any(path == self.path for path, _ in answered):
                self._answer(429, b"{}", {"Retry-After": str(RETRY_AFTER_SECONDS)})
            else:
                self._answer(200, json.dumps(_completion(asked)).encode(), {"Content-Type": "application/json"})

        def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            answered.append((self.path, status))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:
            """Say nothing: the story is told elsewhere."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}", answered
    finally:
        server.shutdown()
        server.server_close()


def _completion(asked: dict[str, Any]) -> dict[str, Any]:
    wanted = asked["response_format"]["json_schema"]["schema"]["properties"]
    said = {"ready": True} if "ready" in wanted else _SEEN
    message = {"role": "assistant", "content": json.dumps(said)}
    return {
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 420, "completion_tokens": 40},
    }
