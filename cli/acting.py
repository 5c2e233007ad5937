"""How acting on many dead letters is shown: a progress bar while it goes on, a report of what became of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from cli import output, progress
from cli.remedies import explained
from shared.errors import NightshiftError

if TYPE_CHECKING:
    from shared.jobs.bulk import Acted
    from shared.jobs.record_store import Held

_ALIKE_SHOWN = 3
"""Refusals for the same reason that are listed one by one; more are counted in one line."""


@dataclass(slots=True)
class Tally:
    """What became of the letters acted on: ids done, and (id, why not).

    `stopped` is the failure of a dependency that ended it all; `untouched` counts the letters it was spared.
    """

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    stopped: NightshiftError | None = None
    untouched: int = 0

    def add(self, acted: Acted) -> None:
        """Count what came of one letter."""
        if acted.ends_all:
            self.stopped = acted.error
        if acted.ends_all or acted.untouched:
            self.untouched += 1
        elif acted.error is not None:
            self.refused.append((acted.key.id, explained(acted.error)))
        else:
            self.done.append(acted.key.id)


async def tallied(what: str, total: int, acting: AsyncIterator[Acted]) -> Tally:
    """Return what becomes of `total` letters, with a progress bar named `what` meanwhile."""
    tally = Tally()
    with progress.bar(what, total) as advance:
        async with aclosing(acting) as coming:  # type: ignore[type-var]
            async for acted in coming:
                tally.add(acted)
                advance()
    return tally


def described(letters: Sequence[Held]) -> str:
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
        if not (tally.done or tally.refused or tally.stopped):
            output.note("No dead letter is chosen by that: see nightshift dead-letters list")
        output.show(f"{len(tally.done)} {verb}" + (f", {len(tally.refused)} refused." if tally.refused else "."))
        for line in _refusals(tally.refused):
            output.note(f"refused  {line}")
    if tally.stopped is not None:
        output.note(
            f"Error: {explained(tally.stopped)} That stopped it; {tally.untouched} weren't {verb}. "
            "Repeat the command once nightshift status is well: what is done stays done."
        )
    if tally.refused or tally.stopped is not None:
        raise typer.Exit(1)


def _refusals(refused: list[tuple[str, str]]) -> list[str]:
    alike: dict[str, list[str]] = defaultdict(list)
    for letter, why in refused:
        alike[why].append(output.short(letter))
    lines = []
    for why, ids in alike.items():
        if len(ids) > _ALIKE_SHOWN:
            lines.append(f"{len(ids)} alike ({', '.join(ids[:_ALIKE_SHOWN])}, …)  {why}")
        else:
            lines += [f"{letter}  {why}" for letter in ids]
    return lines
