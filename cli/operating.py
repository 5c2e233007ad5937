"""How does an operator act on many dead letters at once, and on which?"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from cli import jobs_read, lanes, output, progress, whoami
from cli.errors import Failed, NotFound
from shared.config import settings
from shared.errors import Misconfigured, NightshiftError, Transient, UsageError

if TYPE_CHECKING:
    from shared.jobs.operations import Filter, Operations
    from shared.jobs.records import Held, Records
    from shared.services import Services

_ALIKE_SHOWN = 3
"""Refusals for the same reason that are listed one by one; more are counted in one line."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which letters are meant: by ids (or their beginnings), else by `wanted`; at most `limit`, of `user` only."""

    ids: list[str]
    wanted: Filter | None
    user: str | None = None
    limit: int | None = None


@dataclass(slots=True)
class Tally:
    """What became of the letters acted on: ids done, and (id, why not).

    `stopped` is the failure of a dependency that ended it all; `untouched` counts the letters it was spared.
    """

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    stopped: NightshiftError | None = None
    untouched: int = 0


def operations(services: Services) -> Operations:
    """Return the operators' side of the runtime, acting as who types."""
    from processors.catalogue import registry
    from shared.blobs import WARDROBE_IMAGES
    from shared.jobs.gates import Gates
    from shared.jobs.operations import Operations
    from shared.jobs.records import Records

    documents = services.documents
    return Operations(
        Records(documents),
        services.queues,
        Gates(documents),
        registry(settings()),
        by=whoami.operator(),
        checks={"blob": lambda: services.blobs.check(WARDROBE_IMAGES)},
    )


async def chosen(records: Records, choice: Choice, statuses: tuple[str, ...]) -> list[Held]:
    """Return the letters of `choice` that have one of `statuses`, the last failed first.

    Raises NotFound, Failed for a job that isn't in such a state, or UsageError when nothing is chosen.
    """
    from shared.documents.containers import JOBS
    from shared.jobs.record import from_body
    from shared.jobs.records import Held

    if bool(choice.ids) == (choice.wanted is not None):
        raise UsageError("Name dead letters by ID, or choose them by --queue, --class, --cause, --since or --all.")
    if choice.wanted is None:
        keys = dict.fromkeys([await _key_of(records, start, choice.user, statuses) for start in choice.ids])
        found = [await records.documents.get(JOBS, *key) for key in keys]
        return [Held(from_body(document.body), document.etag) for document in found if document][: choice.limit]
    query = records.documents.query(
        JOBS,
        partition=choice.user,
        where=choice.wanted.conditions(*statuses),
        order_by="-lastFailedAt",
        limit=choice.limit,
    )
    return [Held(from_body(document.body), document.etag) async for document in query]


async def _key_of(records: Records, start: str, user: str | None, statuses: tuple[str, ...]) -> tuple[str, str]:
    documents = records.documents
    try:
        body = await jobs_read.one(documents, start, scope=user, where=[("status", "in", list(statuses))])
    except NotFound:
        other = await jobs_read.one(documents, start, scope=user)
        raise Failed(
            f"Job {other['id']} is {other['status']}, no dead letter. See: nightshift jobs show {other['id']}"
        ) from None
    return body["scope"], body["id"]


async def each(
    what: str, letters: list[Held], act: Callable[[Held], Awaitable[object]], *, rate: float | None = None
) -> Tally:
    """Do `act` to every letter, at most `rate` a second, with a progress bar.

    One that is refused doesn't stop the rest; a dependency that fails does.
    """
    tally = Tally()
    pace = _Pace(rate)
    with progress.bar(what, len(letters)) as advance:

        async def one(letter: Held) -> None:
            if tally.stopped is None:
                await pace.turn()
            if tally.stopped is not None:
                tally.untouched += 1
                return
            try:
                await act(letter)
            except (Transient, Misconfigured) as error:
                tally.stopped = error
                tally.untouched += 1
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


def described(letters: list[Held]) -> str:
    """Return how many letters these are, and of which codes: ``3 dead letters (2 blob_missing, 1 timeout)``."""
    codes = Counter(letter.record.reason.code for letter in letters if letter.record.reason)
    listed = ", ".join(f"{count} {code}" for code, count in codes.most_common())
    return f"{len(letters)} dead letter{'s' * (len(letters) != 1)}" + (f" ({listed})" if listed else "")


def report(verb: str, tally: Tally, *, as_json: bool) -> None:
    """Print what became of them; exit 1 when any was refused, or all was stopped."""
    if as_json:
        output.print_json(
            {
                "done": tally.done,
                "refused": [{"id": letter, "why": why} for letter, why in tally.refused],
                "stopped": str(tally.stopped) if tally.stopped else None,
            }
        )
    else:
        output.show(f"{len(tally.done)} {verb}" + (f", {len(tally.refused)} refused." if tally.refused else "."))
        for line in _refusals(tally.refused):
            output.note(f"refused  {line}")
    if tally.stopped is not None:
        output.note(
            f"Error: {tally.stopped} That stopped it; {tally.untouched} weren't {verb}. "
            "Say it again once nightshift status is well: what is done stays done."
        )
    if tally.refused or tally.stopped is not None:
        raise typer.Exit(1)


def _refusals(refused: list[tuple[str, str]]) -> list[str]:
    alike: dict[str, list[str]] = defaultdict(list)
    for letter, why in refused:
        alike[why].append(jobs_read.short(letter))
    lines = []
    for why, ids in alike.items():
        if len(ids) > _ALIKE_SHOWN:
            lines.append(f"{len(ids)} alike ({', '.join(ids[:_ALIKE_SHOWN])}, …)  {why}")
        else:
            lines += [f"{letter}  {why}" for letter in ids]
    return lines
