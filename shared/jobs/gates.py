"""Gates, the circuit breakers: which dependencies are closed, until when, and who tries them again?

One document per closed dependency in container `gates` (``model:<deployment>``, ``queue:<name>``, ``budget:llm``). When
a gate is due, one worker wins the probe by a compare-and-set that pushes the due time past its own deadline; its
success opens the gate only if nobody closed it since; if it dies, the gate is simply due again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared import clock, skew
from shared.documents.compare_and_set import contended, create_new, in_rounds
from shared.documents.containers import GATES
from shared.documents.port import Body, Document, Documents
from shared.errors import Misconfigured, NightshiftError, PreconditionFailed, RateLimited, Unavailable

_log = logging.getLogger("nightshift.gates")

CACHE = timedelta(seconds=2)
MISCONFIGURED_FIRST = timedelta(minutes=1)
MISCONFIGURED_MAX = timedelta(minutes=15)
PROBE_MARGIN = timedelta(seconds=30)
"""Past the prober's deadline: its ending and its opening still fall into its probe."""
PROBE_LONGEST = timedelta(minutes=10) + PROBE_MARGIN
"""No delivery outlasts the host's functionTimeout."""
PROBED_LOOK = timedelta(seconds=10)
"""A message that finds a gate being probed looks again so soon: most probes end within seconds, and open the gate."""
ENDLESS_LOOK = timedelta(minutes=5)
"""A gate closed without end is looked at so often: it may have been opened by hand."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A closed gate. `due` None means closed until a person opens it; `step` counts closings that doubled its time.

    While it is `probed`, `due` is past the prober's deadline.
    """

    name: str
    due: datetime | None
    closed_at: datetime
    reason: str
    by: str
    step: int = 0
    etag: str = ""
    probed: bool = False

    def look_at(self, now: datetime) -> datetime:
        """Return when a message that it holds back looks again."""
        if self.due is None:
            return now + ENDLESS_LOOK
        return min(self.due, now + PROBED_LOOK) if self.probed else self.due

    def due_at(self, now: datetime) -> bool:
        """Return whether it may be probed."""
        return self.due is not None and self.due <= now


class Gates:
    """The gates as one process sees them: read with a cache of at most 2 s."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._cached: dict[str, Gate] = {}
        self._read_at: datetime | None = None

    async def closed(self, names: Iterable[str]) -> tuple[Gate, ...]:
        """Return those of `names` that aren't open, from the cache while it is fresh."""
        now = clock.now()
        if self._read_at is None or abs(now - self._read_at) >= CACHE:
            self._cached = {gate.name: await self._healed(gate, now) for gate in await self.all()}
            self._read_at = now
        return tuple(self._cached[name] for name in names if name in self._cached) if self._cached else ()

    async def all(self) -> list[Gate]:
        """Return every gate that isn't open, by name, from the store."""
        gates = [_gate(document) async for document in self._documents.query(GATES)]
        return sorted(gates, key=lambda gate: gate.name)

    async def is_closed(self, name: str) -> bool:
        """Return whether the gate isn't open, from the store."""
        return await self._documents.get(GATES, name, name) is not None

    async def close_after(self, name: str, error: RateLimited | Misconfigured, began: datetime, by: str) -> Gate:
        """Close the gate for what `error` says, seen by a handling that began at `began`; return the gate.

        RateLimited with a time: until then. Else 1 min, doubling to 15; handlings that were already on their way when
        it was last closed don't double it. A probe's due time only kept others away and is set anew; that of a closing
        is never shortened.
        """

        def closing(now: datetime, before: Gate | None) -> tuple[datetime | None, int]:
            step = before.step if before else 0
            if isinstance(error, RateLimited) and error.retry_after is not None:
                due = now + error.retry_after
            else:
                step += before is None or before.closed_at <= began
                due = now + min(MISCONFIGURED_MAX, MISCONFIGURED_FIRST * 2 ** min(max(step, 1) - 1, 10))
            if before is not None and before.due is None:
                return None, step
            if before is None or before.due is None or before.probed:
                return due, step
            return max(due, before.due), step

        return await self._close(name, f"{type(error).__name__}: {error}", by, closing, told=error.code)

    async def close(self, name: str, *, reason: str, by: str, until: datetime | None) -> Gate:
        """Close the gate by hand, until an instant or (None) until somebody opens it."""
        return await self._close(name, reason, by, lambda now, before: (until, 0), told="by hand")

    async def open(self, name: str) -> bool:
        """Open the gate by hand, whoever closed it; return whether it was closed."""

        async def opened() -> bool:
            document = await self._documents.get(GATES, name, name)
            self._forget()
            if document is None:
                return False
            await self._documents.delete(GATES, name, name, document.etag)
            return True

        return await in_rounds(opened, contended(GATES, name, Unavailable))

    async def win_probe(self, gate: Gate, deadline: datetime) -> Gate | None:
        """Try to become the one prober of a due gate, until past `deadline`; return the gate then, None if lost."""
        body = _body(gate)
        body |= {"due": clock.to_text(deadline + PROBE_MARGIN), "probed": True}
        self._forget()
        try:
            return _gate(await self._documents.replace(GATES, body, gate.etag))
        except PreconditionFailed:
            return None

    async def end_probe(self, probe: Gate, *, success: bool) -> None:
        """Open the gate after a success, else make it due again: only if nobody closed it since.

        A store that fails here is only logged: the gate is due again by itself.
        """
        self._forget()
        try:
            if success:
                await self._documents.delete(GATES, probe.name, probe.name, probe.etag)
            else:
                due = min(probe.closed_at, clock.now())  # now, by any clock
                await self._documents.replace(GATES, _body(replace(probe, due=due, probed=False)), probe.etag)
        except PreconditionFailed:
            pass  # closed anew, or opened by hand: theirs counts
        except Unavailable as error:
            _log.warning("gate %s is left to its due time: %s", probe.name, error)

    async def _close(self, name: str, reason: str, by: str, closing: Any, *, told: str) -> Gate:
        async def closed() -> Gate:
            document = await self._documents.get(GATES, name, name)
            before = _gate(document) if document else None
            now = clock.now()
            due, step = closing(now, before)
            by_hand = before is not None and before.due is None and due is None
            gate = Gate(
                name,
                due,
                now,
                before.reason if before and by_hand else reason[:1000],
                before.by if before and by_hand else by,
                step,
            )
            self._forget()
            if document is None:
                return _gate(await create_new(self._documents, GATES, _body(gate)))
            return _gate(await self._documents.replace(GATES, _body(gate), document.etag))

        gate = await in_rounds(closed, contended(GATES, name, Unavailable))
        until = clock.to_text(gate.due) if gate.due else "opened by hand"
        _log.warning("gate %s closed until %s: %s", name, until, told)
        return gate

    async def _healed(self, gate: Gate, now: datetime) -> Gate:
        """Return a gate as it can be; one that a clock which was ahead wrote is written anew, its time from now on."""
        is_theirs = skew.is_ahead(gate.closed_at, now)
        never_ends = gate.probed and gate.due is not None and skew.is_ahead(gate.due, now + PROBE_LONGEST)
        if not is_theirs and not never_ends:
            return gate
        length = gate.due - gate.closed_at if gate.due and not gate.probed else timedelta()
        due = now + max(length, timedelta()) if gate.due else None
        mended = replace(gate, due=due, closed_at=min(gate.closed_at, now), probed=False)
        try:
            return _gate(await self._documents.replace(GATES, _body(mended), gate.etag))
        except PreconditionFailed:
            return mended  # somebody has just written it: the next look sees it, and this one waits no longer

    def _forget(self) -> None:
        self._read_at = None


def gate_for(error: NightshiftError, gates: tuple[str, ...]) -> str:
    """Return which of a kind's gates an error closes: its dependency's, else the queue's own (the first)."""
    return error.dependency if error.dependency in gates else gates[0]


def _body(gate: Gate) -> Body:
    return {
        "id": gate.name,
        "due": clock.to_text(gate.due) if gate.due else None,
        "closedAt": clock.to_text(gate.closed_at),
        "reason": gate.reason,
        "by": gate.by,
        "step": gate.step,
        "probed": gate.probed,
        "schemaVersion": 1,
    }


def _gate(document: Document) -> Gate:
    body = document.body
    return Gate(
        body["id"],
        clock.parse(body["due"]) if body["due"] else None,
        clock.parse(body["closedAt"]),
        body["reason"],
        body["by"],
        body["step"],
        document.etag,
        body.get("probed", False),
    )
