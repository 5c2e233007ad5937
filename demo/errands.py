"""Example workload, of about fifty lines: a kind (message model, job key, policy) and a handler.

An errand asks a model over HTTP. Its handler classes the answer's status at the edge, and knows nothing of retries,
waits or gates.
"""

from __future__ import annotations

import os
from datetime import timedelta
from functools import lru_cache

import aiohttp
from pydantic import BaseModel

from shared.config import Settings
from shared.errors import RateLimited, Transient
from shared.jobs.kinds import Job, Kind
from shared.jobs.record import JobKey

QUEUE_SETTING = "ERRAND_QUEUE_NAME"
MODEL = "model:demo"
MODEL_SETTING = "ERRAND_MODEL_URL"


class Errand(BaseModel):
    """One errand: its name."""

    name: str


async def run_errand(job: Job, errand: Errand) -> None:
    """Ask the model once. Raises RateLimited or Transient as the model's status says."""
    async with aiohttp.ClientSession() as session, session.get(os.environ[MODEL_SETTING]) as answer:
        if answer.status == 429:
            wait = timedelta(seconds=float(answer.headers["Retry-After"]))
            raise RateLimited(f"The model asks for {wait.seconds} s of patience", dependency=MODEL, retry_after=wait)
        if answer.status >= 500:
            raise Transient(f"The model answers {answer.status}", code="model_failed", dependency=MODEL)


@lru_cache(maxsize=1)
def errand_kind(settings: Settings) -> Kind:
    """Return the kind `errand`."""
    return Kind(
        name="errand",
        queue=os.environ[QUEUE_SETTING],
        model=Errand,
        handler=run_errand,
        identify=lambda errand: JobKey("errands", errand.name),
        dependencies=(MODEL,),
    )
