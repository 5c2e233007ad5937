"""Replays of many dead letters as a run: how many are meant, beginning one, how far it is, and cancelling it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from operations import runs
from operations.actor import Actor
from operations.runs import Run
from processors.catalogue import run_definitions
from shared.documents.port import Documents
from shared.errors import NotFound, UsageError
from shared.jobs import bulk_replay
from shared.jobs.bulk_replay import MOST as MOST
from shared.jobs.bulk_replay import NAME, REFUSED
from shared.jobs.bulk_replay import RATES as RATES
from shared.jobs.bulk_replay import Replay as Replay
from shared.jobs.runs.opening import open_run
from shared.services import Services

_MOST_OF_A_SLOT = 500
"""Characters, as it is part of the run's id."""


@dataclass(frozen=True, slots=True)
class ReplayRun:
    """A replay of many dead letters. `id` None: a dry run, which replays nothing.

    `left` counts the letters meant that are dead now, those that were refused among them; `refused` says by the code
    why. After a crash `replayed` may be too low; `left` never is.
    """

    id: str | None
    status: str
    left: int
    cap: int
    rate: float
    replayed: int
    refused: dict[str, int]
    error: dict[str, str] | None


async def preview(documents: Documents, by: Actor, wanted: Replay) -> ReplayRun:
    """Return how many letters a replay means. Replays nothing."""
    by.require("reader")
    _check(wanted)
    left = await bulk_replay.left(documents, wanted)
    return ReplayRun(None, "dry run", left, wanted.cap, wanted.rate, 0, {}, None)


async def start(services: Services, by: Actor, wanted: Replay) -> ReplayRun:
    """Open the run of a replay. Raises UsageError for a cap or a rate that can't be."""
    by.require("operator")
    _check(wanted)
    definition = run_definitions(services.settings).named(NAME)
    opened = await open_run(services, definition, wanted.slot, trigger="manual", by=by.name)
    return replace(await preview(services.documents, by, wanted), id=opened.id, status=opened.status)


async def get(documents: Documents, by: Actor, id: str) -> ReplayRun:
    """Return how far a replay is. Raises NotFound."""
    by.require("reader")
    run, wanted = await _find(documents, by, id)
    counters = run.counters or {}
    refused = {name.removeprefix(REFUSED): count for name, count in counters.items() if name.startswith(REFUSED)}
    left = await bulk_replay.left(documents, wanted)
    return ReplayRun(run.id, run.status, left, wanted.cap, wanted.rate, counters.get("replayed", 0), refused, run.error)


async def cancel(services: Services, by: Actor, id: str, *, why: str | None = None) -> ReplayRun:
    """End a replay: within seconds it sends no more letters. Raises NotFound; UsageError when it has ended."""
    by.require("operator")
    await _find(services.documents, by, id)
    cancelled = await runs.cancel(services, by, id, why=why)
    return replace(await get(services.documents, by, id), status=cancelled.status)


async def _find(documents: Documents, by: Actor, id: str) -> tuple[Run, Replay]:
    name, _, slot = id.partition("|")
    try:
        if name != NAME:
            raise NotFound(f"There is no replay {id!r}.", code="run_not_found")
        wanted = bulk_replay.read(slot.partition("|")[0])
    except UsageError:
        raise NotFound(f"There is no replay {id!r}.", code="run_not_found") from None
    return await runs.get(documents, by, id), wanted


def _check(wanted: Replay) -> None:
    """Raise UsageError for a cap or a rate that a run can't have."""
    least, most = RATES
    if not 0 < wanted.cap <= MOST or not least <= wanted.rate <= most:
        text = f"A replay takes 1 to {MOST} letters, and {least:g} to {most:g} a second."
        raise UsageError(text, code="range_invalid")
    if len(wanted.slot.text) > _MOST_OF_A_SLOT:
        raise UsageError("There is no queue, class or cause of such a name.", code="filter_unknown")
