"""Dispatch: each minute, due rules become jobs of their slots; each slot runs once, or is recorded as left out.

The protocol is numbered in docs/alert-rules.md: an older due slot is recorded as missed; the latest is sent, then
recorded, then the rule's nextDueAt moves on by compare-and-set. Nothing is remembered between ticks: a tick that can't
finish goes on in the next one.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from processors.alerts import rule as rules
from processors.alerts import scheduler, store, timing
from processors.alerts.identity import key_of, payload_of
from processors.alerts.rule import SYSTEM_USER, Held, Rule
from shared import clock, lanes, telemetry
from shared.documents.ids import Own
from shared.documents.port import Body, Document
from shared.errors import PreconditionFailed, Unavailable
from shared.jobs import transitions
from shared.jobs.kinds import Kind
from shared.jobs.producer import Producer
from shared.jobs.record_store import Exists, Records
from shared.services import Services
from shared.telemetry import signals
from shared.telemetry.pseudonyms import shown

BUDGET = timedelta(seconds=45)
"""A tick begins with no further rule after that: the next one comes within the minute."""
MOST_MISSED = 500
"""Slots of one rule that a tick records as missed; the rest are due in the next."""
_BATCH = 256
RULE = "alert rule"
"""What telemetry calls all of them."""

_CODES = {"missed": "slot_missed", "skipped": "slot_skipped"}

_log = logging.getLogger("nightshift.alerts")

What = Literal["sent", "left out", "seen to", "behind", "waiting", "changed", "broken"]
"""What a tick did with a due rule. ``behind``: more slots are due. ``waiting``: a slot of it still runs. ``changed``:
others were in between. The last four leave it due."""


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What a tick did: rules by what was done with them, and slots that it recorded as missed or skipped."""

    rules: dict[str, int]
    missed: int
    skipped: int
    finished: bool
    stopped: bool = False

    def to_body(self) -> Body:
        """Return it as the heartbeat keeps it."""
        return asdict(self)


async def dispatch(services: Services, kind: Kind) -> Dispatched:
    """See to all rules that are due now. Raises Unavailable when store or queue fail."""
    if (await scheduler.read(services.documents)).stopped:
        return Dispatched({}, 0, 0, finished=True, stopped=True)
    tick = _Tick(services, kind, clock.now())
    finished = await tick.run()
    return Dispatched(dict(tick.done), tick.slots["missed"], tick.slots["skipped"], finished)


class _Tick:
    def __init__(self, services: Services, kind: Kind, now: datetime) -> None:
        self.done: Counter[str] = Counter()
        self.slots: Counter[str] = Counter()
        self._services = services
        self._kind = kind
        self._now = now
        self._records = Records(services.documents)
        self._producer = Producer(self._records, services.queues)

    async def run(self) -> bool:
        """See to every due rule; return whether the time sufficed."""
        until = clock.now() + BUDGET
        async for batch in _batches(store.due(self._services.documents, self._now)):
            if clock.now() >= until:
                return False
            await lanes.run(batch, lambda document: str(document.body["id"]), self._count)
        return True

    async def _count(self, document: Document) -> None:
        try:
            self.done[await self._see_to(rules.from_document(document))] += 1
        except Unavailable:
            raise
        except PreconditionFailed:
            self.done["changed"] += 1
        except Exception as error:  # one rule that can't be dispatched stops no other
            self.done["broken"] += 1
            body = document.body
            _log.error("rule %s of %s can't be dispatched", shown(body["id"]), shown(body["clientId"]), exc_info=error)

    async def _see_to(self, held: Held) -> What:
        rule, occasions = held.rule, held.rule.occasions
        slots = timing.due(rule.timing, occasions, self._now, MOST_MISSED + 1)
        last = rule.timing.last_slot
        if last is not None and last < slots[-1] and await self._is_live(rule, last):  # rule 3
            return "waiting"
        is_behind = len(slots) > MOST_MISSED
        for slot in slots[:-1]:  # rule 4
            if not await self._leave_out(rule, slot, "missed", "a later slot was due too"):
                return "waiting"
        if is_behind:
            after = timing.advanced_within(rule.timing, slots[-2], slots[-1])
            await store.advance(self._services.documents, held, replace(rule, timing=after))
            return "behind"
        what = await self._decide(rule, slots[-1])  # rule 5
        after = timing.advanced(rule.timing, occasions, slots[-1], self._now)
        await store.advance(self._services.documents, held, replace(rule, timing=after))  # rule 6
        return what

    async def _decide(self, rule: Rule, slot: datetime) -> What:
        if not rule.timing.active:
            await self._leave_out(rule, slot, "skipped", "its rule is inactive")
            return "left out"
        if self._now - slot > rule.definition.grace:
            await self._leave_out(rule, slot, "missed", f"it is more than {rule.definition.grace_seconds} s late")
            return "left out"
        members = payload_of(rule.client, rule.id, slot)
        answer = await self._producer.enqueue(self._kind, members, by=SYSTEM_USER, only_new=True)
        if answer.what == "duplicate":
            return "seen to"
        signals.current().dispatched(RULE, clock.now() - slot)
        _tell("alert rule scheduled", rule, slot)
        return "sent"

    async def _leave_out(self, rule: Rule, slot: datetime, what: Literal["missed", "skipped"], why: str) -> bool:
        """Record a slot as left out, if nothing is recorded of it; return whether nothing of it is live."""
        record = transitions.new_left_out(
            self._kind, key_of(rule.client, rule.id, slot), payload_of(rule.client, rule.id, slot),
            code=_CODES[what], why=f"The slot was {what}: {why}", by=SYSTEM_USER,
        )  # fmt: skip
        try:
            await self._records.create(record, counted=False)
        except Exists as found:
            return found.held.record.ended
        self.slots[what] += 1
        signals.current().misfired(RULE, what)
        _tell(f"alert rule {what}", rule, slot, why=why)
        return True

    async def _is_live(self, rule: Rule, slot: datetime) -> bool:
        held = await self._records.get(key_of(rule.client, rule.id, slot))
        return held is not None and not held.record.ended


async def _batches(documents: AsyncIterator[Document]) -> AsyncIterator[list[Document]]:
    batch: list[Document] = []
    async for one in documents:
        batch.append(one)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _tell(what: str, rule: Rule, slot: datetime, **fields: object) -> None:
    client = None if isinstance(rule.client, Own) else rule.client  # as the run's events have it
    telemetry.event(_log, logging.INFO, what, client=client, rule=rule.id, slot=clock.to_text(slot), **fields)
