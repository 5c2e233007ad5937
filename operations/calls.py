"""Calls: taking in call attempts, in any order, as often as one likes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from operations.actor import Actor
from operations.lines import Line, invalid
from processors.pickup_rate.calls import Call as Call
from processors.pickup_rate.calls import clamped, of_file
from processors.pickup_rate.freshness import catch_up
from processors.pickup_rate.taking_in import take_in
from shared import clock, lanes
from shared.documents.port import Documents
from shared.errors import NightshiftError, Permanent, UsageError


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a line: taken in, or known as it is or newer; None with the `error` that prevented it."""

    line: int
    what: Literal["taken", "known"] | None = None
    error: NightshiftError | None = None
    clamped: tuple[str, ...] = ()
    """Members whose instants were still to come: they count as of now."""


async def import_calls(documents: Documents, by: Actor, lines: Iterable[Line]) -> AsyncIterator[TakenIn]:
    """Take in calls, several at once, one call's in turn; yield what became of each line as it comes.

    The later updatedAt of a call_id wins. A bad line's error is in its answer, and the rest goes on. In the end calls
    are rolled up, up to a bound; the workers do the rest.
    """
    by.require("producer")

    async def one(line: Line) -> TakenIn:
        try:
            call = _call(line)
        except UsageError as error:
            return TakenIn(line.number, error=error)
        now = clock.now()
        try:
            is_news = await take_in(documents, call, now)
        except Permanent as error:
            if error.code != "moved_too_often":
                raise
            return TakenIn(line.number, error=error)
        return TakenIn(line.number, "taken" if is_news else "known", clamped=tuple(clamped(call, now)))

    async for taken in lanes.results(lines, _call_id, one):
        yield taken
    await catch_up(documents)


def _call(line: Line) -> Call:
    if line.members is None:
        raise UsageError(line.problem, code="call_invalid")
    try:
        return of_file(Call.model_validate(line.members))
    except ValidationError as error:
        raise invalid(error, "call_invalid") from None


def _call_id(line: Line) -> str:
    members = line.members or {}
    return str(members.get("call_id", members.get("id", ""))).strip()
