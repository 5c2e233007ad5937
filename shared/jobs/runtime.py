"""What happens to a delivery, from the host's call to its end?

A short pipeline: decode → look up → decide → claim → handle → classify → end. The rules are elsewhere (decide.py,
transitions.py, retry.py); this is their order. The order of writes is the model-checked protocol's (docs/protocol.md):
effect first, then the record, then the message.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared import clock
from shared.clock_check import ClockCheck, machine
from shared.errors import Conflict, Misconfigured, NightshiftError, Permanent, PreconditionFailed, Unavailable
from shared.jobs import aftermath, decide, messages, retry, transitions, wrong_clock
from shared.jobs.claim import ClaimedJob
from shared.jobs.endings import Endings
from shared.jobs.gates import Gate, Gates
from shared.jobs.intake import Intake
from shared.jobs.kinds import Job, Kind, Next
from shared.jobs.outcome import Deferred, Outcome, What
from shared.jobs.plain import PlainDeliveries
from shared.jobs.record import Claim, JobKey, Record
from shared.jobs.records import ClaimLost, Held, Records
from shared.queues.port import Delivery
from shared.services import Services

SLOT_PATIENCE = timedelta(seconds=30)
"""How long a suspect waits for the slot before its message is deferred."""
SLOT_DEFERRAL = timedelta(seconds=5)
_LOOKS = 8
"""Times a delivery looks again after losing a compare-and-set before it leaves the job to the others."""


@dataclass(slots=True)
class _Arrival:
    """A delivery with what was read from it."""

    kind: Kind
    delivery: Delivery
    message: messages.Message
    payload: Any
    key: JobKey
    deadline: datetime


class Runtime:
    """The queue runtime of one process: its one suspect slot, its cached view of the gates."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.records = Records(services.documents)
        self.gates = Gates(services.documents)
        self.intake = Intake(self.records)
        self._endings = Endings(services.queues, self.gates)
        self._plain = PlainDeliveries(services, self.gates, self.intake)
        self._suspect_slot = asyncio.Lock()
        self.clock_check = ClockCheck(services.queues, services.documents, machine(services.settings))

    async def deliver(self, kind: Kind, delivery: Delivery) -> Outcome:
        """Do what one delivery asks for; return what came of it.

        Raises Deferred when the message must come back (the host then leaves it in the queue).
        """
        began = clock.now()
        return await self._concluded(kind, delivery, began, lambda: self._deliver(kind, delivery, began))

    async def deliver_poison(self, kind: Kind, delivery: Delivery) -> Outcome:
        """Do what one copy in the kind's poison queue asks for: mostly a dead record. Raises Deferred as `deliver`."""
        return await self._concluded(kind, delivery, clock.now(), lambda: self.intake.host_gave_up(kind, delivery))

    async def _concluded(
        self, kind: Kind, delivery: Delivery, began: datetime, work: Callable[[], Awaitable[Outcome]]
    ) -> Outcome:
        try:
            outcome = await wrong_clock.deferral(self.clock_check, kind, delivery) or await work()
        except (Unavailable, Misconfigured) as error:  # of our own store or queues
            outcome = Outcome(
                "store_failed",
                kind.name,
                error_class=type(error).__name__,
                code=error.code,
                why=str(error),
                wait=retry.store_delay(delivery.dequeue_count),
            )
        if outcome.wait is not None:
            await self._postpone(delivery, outcome.wait)
        outcome.log(clock.now() - began)
        if outcome.wait is not None:
            raise Deferred(outcome)
        return outcome

    async def _deliver(self, kind: Kind, delivery: Delivery, began: datetime) -> Outcome:
        try:
            message = messages.read(kind, delivery.body)
            payload = kind.settle(message.payload, delivery.put_at)
        except messages.BadMessage as error:
            return await self.intake.bury(kind, delivery, error)
        if not kind.recorded:
            return await self._plain.deliver(kind, delivery, message, began)
        deadline = began + kind.policy.deadline
        arrival = _Arrival(kind, delivery, message, payload, kind.key_of(payload), deadline)
        slot_held = False
        try:
            for _ in range(_LOOKS):
                held = await self.records.get(arrival.key)
                if held is not None and not held.record.is_job_of(kind.name):
                    return await self.intake.bury(kind, delivery, messages.id_taken(kind, arrival.key))
                decision = await self._decide(arrival, held, slot_free=slot_held or not self._suspect_slot.locked())
                wants_slot = isinstance(decision, decide.ClaimIt) and decision.suspect and not slot_held
                if wants_slot or isinstance(decision, decide.AwaitSlot):
                    slot_held = await self._take_slot()
                    if not slot_held:
                        return self._outcome("deferred", arrival, held, why="suspect slot taken", wait=SLOT_DEFERRAL)
                    continue
                outcome = await self._act(arrival, held, decision)
                if outcome is not None:
                    return outcome
            return self._outcome("deferred", arrival, held, why="others change it all the time", wait=SLOT_DEFERRAL)
        finally:
            if slot_held:
                self._suspect_slot.release()

    async def _decide(self, arrival: _Arrival, held: Held | None, *, slot_free: bool) -> decide.Decision:
        return decide.decide(
            held.record if held else None,
            generation=arrival.message.generation,
            put_at=arrival.delivery.put_at,
            gates=await self.gates.closed(arrival.kind.gates),
            slot_free=slot_free,
            policy=arrival.kind.policy,
            now=clock.now(),
        )

    async def _take_slot(self) -> bool:
        try:
            async with asyncio.timeout(SLOT_PATIENCE.total_seconds()):
                return await self._suspect_slot.acquire()
        except TimeoutError:
            return False

    async def _act(self, arrival: _Arrival, held: Held | None, decision: decide.Decision) -> Outcome | None:
        """Carry the decision out; None when another writer was there first and the record must be looked at again."""
        if isinstance(decision, decide.End):
            return self._outcome("ended", arrival, held, why=decision.why)
        if isinstance(decision, decide.Defer):
            return self._outcome(
                "deferred", arrival, held, why=decision.why, wait=max(decision.until - clock.now(), timedelta())
            )
        if isinstance(decision, decide.Die):
            return await self._kill(arrival, held, decision)
        assert isinstance(decision, decide.ClaimIt)
        return await self._claim_and_handle(arrival, held, decision)

    async def _kill(self, arrival: _Arrival, held: Held | None, decision: decide.Die) -> Outcome | None:
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
        return self._outcome("dead", arrival, held, why="kills its worker", code=reason.code)

    async def _claim_and_handle(self, arrival: _Arrival, held: Held | None, decision: decide.ClaimIt) -> Outcome | None:
        probes: list[Gate] = []
        for gate in decision.probes:
            probe = await self.gates.win_probe(gate, arrival.deadline)
            if probe is None:
                await self._give_back(probes)
                return None
            probes.append(probe)
        try:
            claimed = await self._claim(arrival, held, decision, tuple(probes))
        except (Conflict, PreconditionFailed):
            await self._give_back(probes)
            return None
        except Permanent as error:  # the store can't keep this payload, or what isn't ours has its place
            await self._give_back(probes)
            return await self.intake.bury(arrival.kind, arrival.delivery, error)
        return await self._handle(arrival, claimed, arrival.payload if decision.fresh else None)

    async def _give_back(self, probes: Iterable[Gate]) -> None:
        for probe in probes:
            await self.gates.end_probe(probe, success=False)

    async def _claim(
        self, arrival: _Arrival, held: Held | None, decision: decide.ClaimIt, probes: tuple[Gate, ...]
    ) -> ClaimedJob:
        now, delivery, length = clock.now(), arrival.delivery, arrival.kind.policy.claim
        token = secrets.token_hex(8)
        record = transitions.claimed(
            held.record if held else self._new_record(arrival, now),
            generation=decision.generation,
            crashes=decision.crashes,
            claim=Claim(token, min(now + length, arrival.deadline)),
            payload=messages.stored(arrival.kind, arrival.payload) if decision.fresh else None,
            seen={"id": delivery.id, "putAt": clock.to_text(delivery.put_at), "dequeueCount": delivery.dequeue_count},
            traceparent=arrival.message.traceparent,
        )
        written = await (self.records.replace(held, record) if held else self.records.create(record))
        return ClaimedJob(self.records, written, token, arrival.deadline, length, probes)

    def _new_record(self, arrival: _Arrival, now: datetime) -> Record:
        return Record(
            key=arrival.key,
            kind=arrival.kind.name,
            queue=arrival.delivery.queue,
            status="queued",
            created_at=now,
            updated_at=now,
        )

    async def _handle(self, arrival: _Arrival, claimed: ClaimedJob, payload: Any | None) -> Outcome:
        """Run the handler on `payload` (None: the record's, validated anew) and write its ending."""
        record = claimed.record
        job = Job(
            arrival.key, record.generation, record.attempts + 1, record.created_at, self.services, record.traceparent
        )
        began = clock.now()
        try:
            if payload is None:
                payload = messages.validate(arrival.kind, record.payload or {})
            result = await self._run(arrival.kind, job, claimed, payload)
        except asyncio.CancelledError:
            await asyncio.shield(self._release(arrival, claimed))
            raise
        except Unavailable:
            await self._give_back(claimed.probes)
            await self._set_aside(arrival, claimed)
            raise
        except ClaimLost:
            return self._lost(arrival, claimed)
        except Exception as error:
            ending = self._endings.fail(arrival.kind, claimed, error, began)
        else:
            ending = self._endings.succeed(arrival.kind, claimed, result)
        try:
            return await ending
        except ClaimLost:
            return self._lost(arrival, claimed)
        except Unavailable:
            await self._set_aside(arrival, claimed)
            raise

    async def _run(self, kind: Kind, job: Job, claimed: ClaimedJob, payload: Any) -> Next | None:
        left = (claimed.deadline - clock.now()).total_seconds()
        margin = min(5.0, kind.policy.deadline.total_seconds() / 10)  # the ending's writes fall into the claim too
        try:
            async with asyncio.timeout(max(left - margin, 0)) as scope:
                claimed.start_renewing(scope)
                return await kind.handler(job, payload)
        except TimeoutError as error:
            if claimed.lost:
                raise ClaimLost("the claim was lost while the handler ran") from None
            if scope.expired():
                raise self._endings.too_slow(kind) from error
            raise
        finally:
            await claimed.stop_renewing()

    async def _release(self, arrival: _Arrival, claimed: ClaimedJob) -> None:
        await self._give_back(claimed.probes)
        try:
            await claimed.change(transitions.released)
            await self._postpone(arrival.delivery, timedelta())
        except (ClaimLost, NightshiftError):
            return  # the claim runs out, the message comes back: the protocol copes
        self._outcome("released", arrival, claimed.held, why="the worker stops").log(timedelta())

    async def _set_aside(self, arrival: _Arrival, claimed: ClaimedJob) -> None:
        """Release a job that our store or queues failed, if the record at least can be written.

        Else its claim runs out and counts as a crash: six visits during one long partial outage would kill the job.
        """
        wait = retry.store_delay(arrival.delivery.dequeue_count)
        try:
            await claimed.change(lambda record: transitions.released(record, "store failed", wait))
        except (ClaimLost, NightshiftError):
            return  # the claim runs out, the message comes back: the protocol copes

    def _lost(self, arrival: _Arrival, claimed: ClaimedJob) -> Outcome:
        return self._outcome("lost", arrival, claimed.held, why="the claim was lost", wait=SLOT_DEFERRAL)

    async def _postpone(self, delivery: Delivery, wait: timedelta) -> None:
        try:
            await self.services.queues.postpone(delivery, wait)
        except NightshiftError:
            return  # host.json's visibilityTimeout brings the message back all the same

    def _outcome(self, what: What, arrival: _Arrival, held: Held | None, **more: Any) -> Outcome:
        generation = held.record.generation if held else arrival.message.generation
        return Outcome(what, arrival.kind.name, arrival.key.id, generation, **more)
