"""Analyses by a model: a few pictures at a time, in order, within the day's budget.

What holds for one item (its picture is missing, the model refuses it) is that item's error; what would hold for all (a
wrong key, a spent budget) ends it. A rate limit is waited out when it is short.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

from operations.actor import Actor
from operations.analyse import Analysed, Item, fetched
from processors.taste.analysers import openai
from processors.taste.analysers.findings import Findings, ItemText
from shared.config import Settings
from shared.documents.port import Documents
from shared.errors import Misconfigured, NightshiftError, RateLimited
from shared.models.model import Model
from shared.usage.budget import Caller
from shared.web.fetch import Fetcher

AT_ONCE = 4
LONGEST_WAIT = timedelta(minutes=5)


async def by_model(
    documents: Documents, settings: Settings, by: Actor, items: Sequence[Item], waits: Callable[[RateLimited], None]
) -> AsyncIterator[Analysed]:
    """Yield what the model finds in each picture, in order; `waits` is told of a rate limit that is waited out.

    Raises Misconfigured, or RateLimited for a long wait.
    """
    by.require("operator")
    model, fetcher = Model(settings, documents), Fetcher(settings.fetch_allowed_local)
    run = f"analyse.{secrets.token_hex(6)}"

    async def one(number: int, item: Item) -> Analysed:
        try:
            if item.problem is not None:
                raise item.problem
            picture = item.read() if item.read else await fetched(item.url or "", settings, fetcher)
            return Analysed(item.id, await asked(Caller(f"{run}.{number}", 0), picture, ItemText(title=item.title)))
        except (Misconfigured, RateLimited):
            raise
        except NightshiftError as error:
            return Analysed(item.id, error=error)

    async def asked(caller: Caller, picture: bytes, text: ItemText) -> Findings:
        while True:
            try:
                return await openai.analyse(model, caller, picture, text)
            except RateLimited as limit:
                if limit.retry_after is None or limit.retry_after > LONGEST_WAIT:
                    raise
                waits(limit)
                await asyncio.sleep(limit.retry_after.total_seconds())

    try:
        numbered = list(enumerate(items))
        for first in range(0, len(numbered), AT_ONCE):
            for found in await asyncio.gather(*(one(*pair) for pair in numbered[first : first + AT_ONCE])):
                yield found
    finally:
        await model.close()
        await fetcher.close()
