"""Tallies: what became of many things that one request was about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from operations.dead_letters import Acted
from shared.errors import NightshiftError


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one of many wasn't done."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RefusedLetter:
    """A dead letter that was refused, and why."""

    id: str
    scope: str
    error: Failure


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of dead letters: ids done, those that were refused, and how many nobody touched.

    `stopped` is the failure of a dependency that ended it all.
    """

    dry_run: bool
    done: tuple[str, ...]
    refused: tuple[RefusedLetter, ...]
    untouched: int
    stopped: Failure | None


def failure(error: NightshiftError) -> Failure:
    """Return an error as one of many."""
    return Failure(error.code, str(error))


async def tallied(acting: AsyncIterator[Acted], *, dry_run: bool, is_alone: bool = False) -> Tally:
    """Return what became of the letters that are acted on. Raises the error of one that `is_alone`."""
    done: list[str] = []
    refused: list[RefusedLetter] = []
    stopped, untouched = None, 0
    async for acted in acting:
        if is_alone and acted.error is not None:
            raise acted.error
        if acted.ends_all and acted.error is not None:
            stopped = failure(acted.error)
        if acted.ends_all or acted.untouched:
            untouched += 1
        elif acted.error is not None:
            refused.append(RefusedLetter(acted.key.id, str(acted.key.scope), failure(acted.error)))
        else:
            done.append(acted.key.id)
    return Tally(dry_run, tuple(done), tuple(refused), untouched, stopped)
