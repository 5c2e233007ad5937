"""Job of a run: its id and its message.

Run id = ``name|slot``, of a forced one ``name|slot|n``; so whoever asks for a slot asks for the same job.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, Field

from shared.documents.ids import compound
from shared.jobs import scopes
from shared.jobs.record import JobKey

Trigger = Literal["timer", "catch-up", "manual"]


_is_range = re.compile(r"[^|]+\|[^|]+\.\.[^|]+(\|[a-z-]+)?").fullmatch
"""A slot of a run without a schedule, such as ``acme|2026-11-01..2026-11-30``. It ends with no number: a forced run
does."""
MAX_FORCED = 10_000
"""Forced runs of a slot."""


class RunJob(BaseModel):
    """The payload of queue `job-runs`. `token` tells two forced runs apart that were asked for at once.

    `only` is the key of the one user whom a forced run is for (shared/users.py): a hash, so it names nobody.
    """

    name: str = Field(min_length=1, max_length=64)
    slot: str = Field(min_length=1, max_length=300)
    n: int | None = Field(default=None, ge=1, le=MAX_FORCED)
    trigger: Trigger = "manual"
    by: str = Field(default="message", max_length=200)
    token: str | None = None
    only: str | None = Field(default=None, max_length=64)


def id_of(name: str, slot: str, n: int | None = None) -> str:
    """Return the id of a run."""
    parts = (name, *slot.split("|")) if _is_range(slot) else (name, slot)
    return compound(*parts) if n is None else compound(*parts, str(n))


def key(name: str, id: str) -> JobKey:
    """Return which job is the run `id` of that name."""
    return JobKey(scopes.of_runs(name), id)


def key_of(payload: RunJob) -> JobKey:
    """Return which job a run's payload speaks of."""
    return key(payload.name, id_of(payload.name, payload.slot, payload.n))
