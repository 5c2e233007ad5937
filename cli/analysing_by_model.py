"""How are pictures analysed by a model? A few at a time, in order, within the day's budget.

What holds for one item (its picture is missing, the model refuses it) is that item's error; what would hold for all (a
wrong key, a spent budget) ends the command. A rate limit is waited out when it is short.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from cli import analysing, fetching, pictures
from cli.analysing import Item
from cli.output import note
from processors.taste.analysers import openai
from processors.taste.analysers.findings import Findings, ItemText
from shared.config import Settings
from shared.errors import Misconfigured, NightshiftError, RateLimited
from shared.fetch import Fetcher
from shared.llm import Model
from shared.llm_usage import Caller
from shared.services import open_documents

AT_ONCE = 4
LONGEST_WAIT = timedelta(minutes=5)


def analyse(items: Sequence[Item], settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield for each item what `analysing.analyse` yields. Raises Misconfigured, or RateLimited for a long wait."""
    with asyncio.Runner() as runner:
        documents = open_documents(settings)
        model, fetcher = Model(settings, documents), Fetcher(settings.fetch_allowed_local)
        run = f"analyse.{secrets.token_hex(6)}"
        try:
            numbered = list(enumerate(items))
            for first in range(0, len(numbered), AT_ONCE):
                batch = numbered[first : first + AT_ONCE]
                yield from runner.run(_together(batch, model, fetcher, settings, run))
        finally:
            for opened in (model, fetcher, documents):
                runner.run(opened.close())


async def _together(
    batch: Sequence[tuple[int, Item]], model: Model, fetcher: Fetcher, settings: Settings, run: str
) -> list[dict[str, Any]]:
    async def one(number: int, item: Item) -> dict[str, Any]:
        try:
            analysing.check(item)
            is_url = pictures.is_url(item.image)
            picture = await fetching.picture(fetcher, item.image, settings) if is_url else analysing.read(item)
            findings = await _asked(model, Caller(f"{run}.{number}", 0), picture, ItemText(title=item.title))
            return analysing.found(item, findings)
        except (Misconfigured, RateLimited):
            raise
        except NightshiftError as error:
            return analysing.not_found(item, error)

    return await asyncio.gather(*(one(number, item) for number, item in batch))


async def _asked(model: Model, caller: Caller, picture: bytes, text: ItemText) -> Findings:
    while True:
        try:
            return await openai.analyse(model, caller, picture, text)
        except RateLimited as limit:
            if limit.retry_after is None or limit.retry_after > LONGEST_WAIT:
                raise
            note(f"{limit}; going on in {limit.retry_after.total_seconds():g} s.")
            await asyncio.sleep(limit.retry_after.total_seconds())
