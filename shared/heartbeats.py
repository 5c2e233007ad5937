"""Heartbeats: is a housekeeping timer alive?

Each leaves one document: when it last started, when it last succeeded, how long that took, and what last went wrong.
A heartbeat that can't be written never stops the work it tells of.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from shared import clock
from shared.documents.compare_and_set import change
from shared.documents.containers import HEARTBEATS
from shared.documents.port import Body, Documents
from shared.errors import NightshiftError
from shared.telemetry import signals

_log = logging.getLogger("nightshift.heartbeats")

SCHEMA_VERSION = 1


@asynccontextmanager
async def beating(documents: Documents, name: str) -> AsyncIterator[None]:
    """Keep the heartbeat `name` while the block works; an error of the block is noted and goes on its way."""
    with signals.current().ticking(name):
        async with _noted(documents, name):
            yield


@asynccontextmanager
async def _noted(documents: Documents, name: str) -> AsyncIterator[None]:
    began = clock.now()
    await note(documents, name, {"lastStart": clock.to_text(began)})
    try:
        yield
    except Exception as error:
        failed = {"at": clock.text_now(), "class": type(error).__name__, "message": str(error)[:500]}
        failed["code"] = getattr(error, "code", "unexpected")
        await note(documents, name, {"lastError": failed, "lastDurationMs": _milliseconds(began)})
        raise
    await note(documents, name, {"lastSuccess": clock.text_now(), "lastDurationMs": _milliseconds(began)})


async def all_of(documents: Documents) -> dict[str, Body]:
    """Return every heartbeat by its name."""
    return {document.body["id"]: document.body async for document in documents.query(HEARTBEATS)}


async def note(documents: Documents, name: str, news: dict[str, Any]) -> None:
    """Bring `news` into the heartbeat `name`. One that can't be written is only logged."""
    try:
        fresh: Body = {"id": name, "schemaVersion": SCHEMA_VERSION}
        await change(documents, HEARTBEATS, name, name, lambda before: {**(before or fresh), **news})
    except NightshiftError as error:
        _log.warning("the heartbeat of %s can't be written: %s", name, error)


def _milliseconds(began: datetime) -> int:
    return round((clock.now() - began).total_seconds() * 1000)
