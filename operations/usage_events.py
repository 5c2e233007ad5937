"""Usage events: taking in what happened, in any order, as often as one likes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from pydantic import ValidationError

from operations.actor import Actor
from operations.lines import Line, invalid
from processors.metrics.kind import Event as Event
from processors.metrics.kind import usage_event
from shared import clock, lanes
from shared.documents.port import Documents
from shared.errors import NightshiftError, UsageError
from shared.rollups import marks
from shared.rollups.marks import Mark
from shared.usage import events

_BATCH = 1000
"""Lines whose marks are put together: most of a file's events fall into few slices."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a line: recorded, or known as it is or newer; None with the `error` that prevented it."""

    line: int
    what: Literal["recorded", "known"] | None = None
    error: NightshiftError | None = None
    clamped: tuple[str, ...] = ()
    """Members whose instants were still to come: they count as now."""


async def record(documents: Documents, by: Actor, lines: Iterable[Line]) -> AsyncIterator[Recorded]:
    """Record events, several at once, one event's in turn; yield what became of each line once it is marked.

    The later updatedAt of an event stands. A bad line's error is in its answer, and the rest goes on. Whoever stops in
    between records the file again: what stands is marked again.
    """
    by.require("producer")
    left = iter(lines)
    while batch := list(islice(left, _BATCH)):
        dirty: set[Mark] = set()
        done = [recorded async for recorded in lanes.results(batch, _event_id, _Recorder(documents, dirty))]
        await marks.put(documents, dirty)
        for recorded in sorted(done, key=lambda one: one.line):
            yield recorded


class _Recorder:
    """Records one line, and adds what it touches to what is to be marked."""

    def __init__(self, documents: Documents, dirty: set[Mark]) -> None:
        self._documents = documents
        self._dirty = dirty

    async def __call__(self, line: Line) -> Recorded:
        try:
            event = usage_event(_told(line), clock.now())
            is_news, stored = await events.write(self._documents, event)
        except UsageError as error:
            return Recorded(line.number, error=error)
        except NightshiftError as error:
            if error.code not in ("too_late", "moved_too_often", "month_closing"):
                raise
            return Recorded(line.number, error=error)
        self._dirty.update(events.marks_of(stored))
        return Recorded(line.number, "recorded" if is_news else "known", clamped=tuple(event.clamped))


def _told(line: Line) -> Event:
    """Return the event of a line. Unless it says when it was updated, that is when it occurred: a file may come again.

    Raises UsageError for one that isn't valid.
    """
    if line.members is None:
        raise UsageError(line.problem, code="event_invalid")
    try:
        event = Event.model_validate(dict(_members(line.members)))
    except ValidationError as error:
        raise invalid(error, "event_invalid") from None
    if event.updatedAt is None and event.void:
        raise UsageError("updatedAt: missing; what takes an event back says when it was", code="event_invalid")
    return event if event.updatedAt else event.model_copy(update={"updatedAt": event.occurredAt})


def _members(given: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the members of a line: a column ``values.pages`` of a CSV file is the value `pages`."""
    values: dict[str, object] = {}
    for name, value in given.items():
        if name.startswith("values."):
            values[name.removeprefix("values.")] = _number(value)
        elif name == "void" and isinstance(value, str):
            yield name, value.strip().lower() in ("true", "1", "yes")
        else:
            yield name, value
    if values:
        yield "values", values


def _number(value: object) -> object:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value  # said by the model, with its place


def _event_id(line: Line) -> str:
    members = line.members or {}
    return str(members.get("event_id", members.get("id", "")))
