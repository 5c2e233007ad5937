"""Queue runtime: what happens to a delivery, from the host's call to its end?

A short pipeline: decode → look up → decide → claim → handle → classify → end. The rules are elsewhere (decide.py,
transitions.py, retry.py); this is their order. The order of writes is the model-checked protocol's (docs/protocol.md):
effect first, then the record, then the message.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from shared import clock
from shared.clock_check import ClockCheck, machine
from shared.errors import Conflict, Misconfigured, NightshiftError, Permanent, PreconditionFailed, Unavailable
from shared.jobs import aftermath, decide, messages, retry, transitions, wrong_clock
from shared.jobs.arrival import Arrival
from shared.jobs.asking import compare
from shared.jobs.claim import ClaimedJob
from shared.jobs.decide import Asked
from shared.jobs.deferring import Deferring
from shared.jobs.gates import Gate, Gates
from shared.jobs.handling import Handling
from shared.jobs.intake import Intake
from shared.jobs.kinds import Kind
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.plain import PlainDeliveries
from shared.jobs.record import Claim, Record, changed
from shared.jobs.record_store import Exists, Held, Records
from shared.queues.port import Delivery
from shared.services import Services
from shared.telemetry import signals

SLOT_PATIENCE = timedelta(seconds=30)
"""How long a suspect waits for the slot before its message is deferred."""
SLOT_DEFERRAL = timedelta(seconds=5)
_LOOKS = 8
"""Times a delivery looks again after losing a compare-and-set before it leaves the job to the others."""


class Runtime:
    """The queue runtime of one process: its one suspect slot, its cached view of the gates."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.records = Records(services.documents)
        self.gates = Gates(services.documents)
        self.intake = Intake(self.records)
        self._deferring = Deferring(services, self.gates)
        self._handling = Handling(services, self.gates, self._deferring)
        self._plain = PlainDeliveries(services, self.gates, self.intake)
        self._suspect_slot = asyncio.Lock()
        self.clock_check = ClockCheck(services.queues, services.documents, machine(services.settings))

    async def deliver(self, kind: Kind, delivery: Delivery) -> Outcome:
        """Do what one delivery asks for; return what came of it.

        Raises Deferred when the message must come back (the host then leaves it in the queue).
        """
        began = clock.now()
        return await self._concluded(kind, delivery, began, lambda told: self._deliver(kind, delivery, began, told))

    async def deliver_poison(self, kind: Kind, delivery: Delivery) -> Outcome:
        """Do what one copy in the kind's poison queue asks for: mostly a dead record. Raises Deferred as `deliver`."""
        return await self._concluded(
            kind, delivery, clock.now(), lambda told: self.intake.host_gave_up(kind, delivery, told)
        )

    async def _concluded(
        self, kind: Kind, delivery: Delivery, began: datetime, work: Callable[[signals.Delivery], Awaitable[Outcome]]
    ) -> Outcome:
        with signals.current().delivery(
            kind.name, delivery.queue, delivery.id, delivery.put_at, delivery.dequeue_count
        ) as told:
            try:
                outcome = await wrong_clock.deferral(self.clock_check, kind, delivery) or await work(told)
            except (Unavailable, Misconfigured) as error:  # of our own store or queues
                outcome = Outcome(
                    "store_failed",
                    kind.name,
                    error_class=type(error).__name__,
                    code=error.code,
                    why=error.dependency or None,
                    wait=retry.store_delay(delivery.dequeue_count),
                )
            if outcome.wait is not None:
                await self._deferring.defer(delivery, outcome, outcome.wait)
            outcome.log(clock.now() - began)
            outcome.tell(told)
            if outcome.wait is not None:
                raise Deferred(outcome)
            return outcome

    async def _deliver(self, kind: Kind, delivery: Delivery, began: datetime, told: signals.Delivery) -> Outcome:
        try:
            message = messages.read(kind, delivery.body)
            told.began(message.traceparent)
            payload = kind.settle(message.payload, delivery.put_at)
        except messages.BadMessage as error:
            return await self.intake.bury(kind, delivery, error)
        if not kind.recorded:
            return await self._plain.deliver(kind, delivery, message, began)
        deadline = began + kind.policy.deadline
        arrival = Arrival(kind, delivery, message, payload, kind.key_of(payload), deadline)
        slot_held = False
        # Most messages without a generation speak of a new job when they first come: creating its record at once saves
        # looking for it. With a gate that isn't open we look first: an ended job's message needn't wait for it.
        first = message.generation is None and delivery.dequeue_count == 1
        supposed_new = first and not await self.gates.closed(arrival.gates(None))
        try:
            for _ in range(_LOOKS):
                held = None if supposed_new else arrival.met or await self.records.get(arrival.key)
                supposed_new, arrival.met = False, None
                if held is not None and not held.record.is_job_of(kind.name):
                    return await self.intake.bury(kind, delivery, messages.id_taken(kind, arrival.key))
                slot_free = slot_held or not self._suspect_slot.locked()
                decision = await self._decide(arrival, held, slot_free=slot_free)
                if isinstance(decision, decide.Compare):
                    assert held is not None  # only a completed job's message is compared
                    asked = await self._compare(arrival, held)
                    if asked is None:
                        continue
                    decision = await self._decide(arrival, held, slot_free=slot_free, asked=asked)
                wants_slot = isinstance(decision, decide.ClaimIt) and decision.suspect and not slot_held
                if wants_slot or isinstance(decision, decide.AwaitSlot):
                    slot_held = await self._take_slot()
                    if not slot_held:
                        return arrival.outcome("deferred", held, why="suspect slot taken", wait=SLOT_DEFERRAL)
                    continue
                outcome = await self._act(arrival, held, decision)
                if outcome is not None:
                    return outcome
            return arrival.outcome("deferred", held, why="others change it all the time", wait=SLOT_DEFERRAL)
        except messages.BadMessage as error:  # what it asks couldn't be kept
            return await self.intake.bury(kind, delivery, error)
        finally:
            if slot_held:
                self._suspect_slot.release()

    async def _compare(self, arrival: Arrival, held: Held) -> Asked | None:
        latest = arrival.kind.latest
        assert latest is not None  # or the decision would have been another
        return await compare(latest, self.records, arrival, held, arrival.kept[latest.member])

    async def _decide(
        self, arrival: Arrival, held: Held | None, *, slot_free: bool, asked: Asked = "uncompared"
    ) -> decide.Decision:
        return decide.decide(
            held.record if held else None,
            generation=arrival.message.generation,
            put_at=arrival.delivery.put_at,
            gates=await self.gates.closed(arrival.gates(held)),
            slot_free=slot_free,
            policy=arrival.kind.policy,
            now=clock.now(),
            asked=asked if arrival.kind.latest is not None else None,
        )

    async def _take_slot(self) -> bool:
        try:
            async with asyncio.timeout(SLOT_PATIENCE.total_seconds()):
                return await self._suspect_slot.acquire()
        except TimeoutError:
            return False

    async def _act(self, arrival: Arrival, held: Held | None, decision: decide.Decision) -> Outcome | None:
        """Carry the decision out; None when another writer was there first and the record must be looked at again."""
        if isinstance(decision, decide.End):
            return arrival.outcome("ended", held, why=decision.why)
        if isinstance(decision, decide.Refuse):
            error = messages.generation_unknown(arrival.kind, arrival.key, arrival.message.generation)
            return await self.intake.bury(arrival.kind, arrival.delivery, error)
        if isinstance(decision, decide.Defer):
            wait = max(decision.until - clock.now(), timedelta())
            at = {"gate": decision.gate, "unrecorded": decision.unrecorded}
            return arrival.outcome("deferred", held, why=decision.why, wait=wait, **at)
        if isinstance(decision, decide.Die):
            return await self._kill(arrival, held, decision)
        assert isinstance(decision, decide.ClaimIt)
        return await self._claim_and_handle(arrival, held, decision)

    async def _kill(self, arrival: Arrival, held: Held | None, decision: decide.Die) -> Outcome | None:
        assert held is not None  # only a record counts crashes
        error = NightshiftError(
            f"It was being worked on in {decision.crashes} crashes in a row", code="kills_its_worker"
        )
        reason = transitions.reason_of(arrival.kind.name, error)
        dead = transitions.dead(replace(held.record, crashes=decision.crashes), reason)
        try:
            await self.records.replace(held, dead)
        except PreconditionFailed:
            return None
        await aftermath.follow(arrival.kind, self.services.documents, dead)
        return arrival.outcome("dead", held, why="kills its worker", code=reason.code)

    async def _claim_and_handle(self, arrival: Arrival, held: Held | None, decision: decide.ClaimIt) -> Outcome | None:
        probes: list[Gate] = []
        for gate in decision.probes:
            probe = await self.gates.win_probe(gate, arrival.deadline)
            if probe is None:
                await self._handling.give_back(probes)
                return None
            probes.append(probe)
        try:
            claimed = await self._claim(arrival, held, decision, tuple(probes))
        except (Conflict, PreconditionFailed) as error:
            await self._handling.give_back(probes)
            arrival.met = error.held if isinstance(error, Exists) else None
            return None
        except Permanent as error:  # the store can't keep this payload, or what isn't ours has its place
            await self._handling.give_back(probes)
            return await self.intake.bury(arrival.kind, arrival.delivery, error)
        return await self._handling.run(arrival, claimed, arrival.payload if decision.fresh else None)

    async def _claim(
        self, arrival: Arrival, held: Held | None, decision: decide.ClaimIt, probes: tuple[Gate, ...]
    ) -> ClaimedJob:
        now, length = clock.now(), arrival.kind.policy.claim
        token = secrets.token_hex(8)
        record = transitions.claimed(
            self._record_of(arrival, held, decision) if held else self._new_record(arrival, now),
            generation=decision.generation,
            crashes=decision.crashes,
            claim=Claim(token, min(now + length, arrival.deadline)),
            payload=arrival.kept if decision.fresh else None,
            seen=arrival.seen,
            traceparent=arrival.message.traceparent,
        )
        written = await (self.records.replace(held, record) if held else self.records.create(record))
        return ClaimedJob(self.records, written, token, arrival.deadline, length, probes)

    def _record_of(self, arrival: Arrival, held: Held, decision: decide.ClaimIt) -> Record:
        """Return the record that is claimed.

        A message without generation that asks later moves its instant up. One that begins a dead job's next generation
        is a replay whose record isn't written yet.
        """
        latest, record = arrival.kind.latest, held.record
        if decision.fresh and arrival.message.generation is not None and record.status == "dead":
            return transitions.replayed(record)
        if latest is None or decision.fresh or arrival.message.generation is not None:
            return record
        if not latest.is_later(arrival.kept, record.payload):
            return record
        return changed(record, payload={**(record.payload or {}), latest.member: arrival.kept[latest.member]})

    def _new_record(self, arrival: Arrival, now: datetime) -> Record:
        return Record(
            key=arrival.key,
            kind=arrival.kind.name,
            queue=arrival.delivery.queue,
            status="queued",
            created_at=now,
            updated_at=now,
        )
