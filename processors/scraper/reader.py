"""Reads one fetched page in a process of its own: ``python -m processors.scraper.reader``.

Strangers' markup can make any parser take minutes or gigabytes. Here that ends this process, and nothing else: its
memory and its time are limited. It gets one line of JSON (type, url, content_type, charset, base) and the body on
stdin, and prints JSON lines: how many were left out, then the entries; or why it was refused.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from processors.scraper.entries import Page, Unreadable
from processors.scraper.types.registry import TYPES

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 60
BOMB = "content_bomb"


def main() -> None:
    """Read what is on stdin."""
    limit_resources()
    head = json.loads(sys.stdin.buffer.readline())
    page = Page(head["url"], sys.stdin.buffer.read(), head["content_type"], head["charset"], head["base"])
    try:
        listing = TYPES[head["type"]].read(page)
    except Unreadable as refused:
        _print({"refused": refused.code, "message": str(refused)})
        return
    except (MemoryError, RecursionError) as error:
        _print({"refused": BOMB, "message": f"reading it takes too much ({type(error).__name__})"})
        return
    _print({"left_out": listing.left_out})
    for entry in listing.entries:
        _print(asdict(entry))


def limit_resources() -> None:
    """Let this process have no more than its share, where the system can see to it."""
    try:
        import resource
    except ImportError:  # Windows; whoever started this process ends it after a time anyway
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _print(line: object) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
