"""Parsing of untrusted pages: in a process of its own that can't take the worker with it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress

from processors.scraper.entries import Entry, Listing
from processors.scraper.reader import BOMB
from shared.config import PROJECT_FOLDER
from shared.errors import Permanent, Transient
from shared.web.addresses import shown
from shared.web.exchange import Fetched

SECONDS = 75.0
"""Longest that reading one page may take; the process's own limit of CPU time is less."""


async def read(source_type: str, fetched: Fetched) -> Listing:
    """Return what a source shows. Raises Permanent when it can't be read (`feed_broken`, `content_bomb` …)."""
    head = {
        "type": source_type,
        "url": fetched.url,
        "content_type": fetched.content_type,
        "charset": fetched.charset,
        "base": fetched.base,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "processors.scraper.reader"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=PROJECT_FOLDER,
        env=_environment(),
    )
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await process.communicate(json.dumps(head).encode() + b"\n" + fetched.body)
    except TimeoutError:
        raise _refused(fetched.url, BOMB, f"reading it takes more than {SECONDS:g} s") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    ended = process.returncode or 0
    if ended < 0:
        raise _refused(fetched.url, BOMB, f"reading it took more than a page may (signal {-ended})")
    if ended > 0:
        raise Transient(f"{shown(fetched.url)}: its reader ended with {ended}", code="reader_failed")
    return await asyncio.to_thread(_listing, fetched.url, said)


def _listing(url: str, said: bytes) -> Listing:
    first, *entries = said.splitlines()
    head = json.loads(first)
    if "refused" in head:
        raise _refused(url, head["refused"], head["message"])
    return Listing(tuple(Entry(**json.loads(line)) for line in entries), head["left_out"])


def _environment() -> dict[str, str]:
    """Return the reader's environment: where modules are, and none of the app's secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}


def _refused(url: str, code: str, why: str) -> Permanent:
    return Permanent(f"{shown(url)}: {why}", code=code, dependency="content")
