"""How does an operator act on many dead letters at once, and on which?"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from cli import jobs_read, lanes, output, progress, whoami
from shared.config import settings
from shared.errors import NightshiftError, UsageError

if TYPE_CHECKING:
    from shared.jobs.operations import Filter, Operations
    from shared.jobs.records import Held, Records
    from shared.services import Services


@dataclass(slots=True)
class Tally:
    """What became of the letters acted on: ids done, and (id, why not)."""

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def operations(services: Services) -> Operations:
    """Return the operators' side of the runtime, acting as who types."""
    from processors.catalogue import registry
    from shared.jobs.gates import Gates
    from shared.jobs.operations import Operations
    from shared.jobs.records import Records

    documents = services.documents
    return Operations(Records(documents), services.queues, Gates(documents), registry(settings()), by=whoami.operator())


async def chosen(
    records: Records,
    ids: list[str],
    user: str | None,
    wanted: Filter | None,
    statuses: tuple[str, ...],
    limit: int | None,
) -> list[Held]:
    """Return the letters that `ids` (or their beginnings) name, else those that `wanted` fits, the last failed first.

    Raises NotFound, or UsageError when neither is given.
    """
    from shared.documents.containers import JOBS
    from shared.jobs.record import from_body
    from shared.jobs.records import Held

    if bool(ids) == (wanted is not None):
        raise UsageError("Name dead letters by ID, or choose them by --queue, --class, --cause, --since or --all.")
    if wanted is None:
        bodies = [
            await jobs_read.one(records.documents, start, scope=user, where=[("status", "in", list(statuses))])
            for start in ids
        ]
        found = [await records.documents.get(JOBS, body["scope"], body["id"]) for body in bodies]
        return [Held(from_body(document.body), document.etag) for document in found if document]
    query = records.documents.query(
        JOBS, partition=user, where=wanted.conditions(*statuses), order_by="-lastFailedAt", limit=limit
    )
    return [Held(from_body(document.body), document.etag) async for document in query]


async def each(
    what: str, letters: list[Held], act: Callable[[Held], Awaitable[object]], *, rate: float | None = None
) -> Tally:
    """Do `act` to every letter, at most `rate` a second, with a progress bar.

    One that is refused doesn't stop the rest.
    """
    tally = Tally()
    pace = _Pace(rate)
    with progress.bar(what, len(letters)) as advance:

        async def one(letter: Held) -> None:
            await pace.turn()
            try:
                await act(letter)
            except NightshiftError as error:
                tally.refused.append((letter.record.key.id, str(error)))
            else:
                tally.done.append(letter.record.key.id)
            advance()

        await lanes.run(letters, lambda letter: letter.record.key.id, one)
    return tally


class _Pace:
    def __init__(self, rate: float | None) -> None:
        self._gap = 1 / rate if rate else 0.0
        self._next = 0.0

    async def turn(self) -> None:
        if self._gap:
            now = asyncio.get_running_loop().time()
            self._next = max(now, self._next + self._gap)
            await asyncio.sleep(self._next - now)


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something that can't be undone. Without a terminal it takes --yes. Raises UsageError, or aborts."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Without a terminal nobody can be asked: add --yes.")
    if not typer.confirm(question, err=True):
        raise typer.Abort


def report(verb: str, tally: Tally, *, as_json: bool) -> None:
    """Print what became of them; exit 1 when any was refused."""
    if as_json:
        output.print_json(
            {"done": tally.done, "refused": [{"id": letter, "why": why} for letter, why in tally.refused]}
        )
    else:
        output.show(f"{len(tally.done)} {verb}.")
        for letter, why in tally.refused:
            output.note(f"refused  {letter[:12]}  {why}")
    if tally.refused:
        raise typer.Exit(1)
