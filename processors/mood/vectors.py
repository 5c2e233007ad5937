"""Vectors of mood names: one call of the embedder for all; if that fails, one call for each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from shared import telemetry
from shared.errors import Misconfigured, NightshiftError, RateLimited, Unavailable
from shared.models.embeddings import Embedder
from shared.usage.budget import Caller

AT_ONCE = 4
_log = logging.getLogger("nightshift.moods")


async def vectors_of(embedder: Embedder, names: Sequence[str], caller: Caller) -> dict[str, Any]:
    """Return the vector of each name, without those that can't be had now. Raises Unavailable.

    When the whole call was refused to us (a rate limit, a wrong key), names aren't tried one by one: they would be too.
    """
    if not names:
        return {}
    try:
        rows = await embedder.embed(names, caller)
        if len(rows) == len(names):
            return dict(zip(names, rows, strict=True))
        failure: NightshiftError | None = None
    except Unavailable:
        raise
    except NightshiftError as error:
        failure = error
    why = failure.code if failure else "count_mismatch"
    telemetry.event(_log, logging.WARNING, "embedding failed", names=len(names), code=why)
    if isinstance(failure, RateLimited | Misconfigured):
        return {}
    return await _one_by_one(embedder, names, caller)


async def _one_by_one(embedder: Embedder, names: Sequence[str], caller: Caller) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def one(name: str) -> None:
        try:
            rows = await embedder.embed([name], caller)
        except Unavailable:
            raise
        except NightshiftError:
            return
        if len(rows) == 1:
            found[name] = rows[0]

    for at in range(0, len(names), AT_ONCE):
        await asyncio.gather(*map(one, names[at : at + AT_ONCE]))
    return found
