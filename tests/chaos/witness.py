"""What must never happen, whatever goes wrong?

The witness sees each write and each message as it takes effect, knows the true time and who did it, and checks the
protocol's promises on the spot: what the model calls revival, generation, effect, innocent, killer, attempts, due,
gate, poison and messages. Whether something was lost is asked at the end (`missing`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from shared import clock
from shared.documents.containers import GATES, JOBS, Container
from shared.errors import NightshiftError
from shared.jobs import messages
from shared.jobs.decide import ASKS_ANEW_AFTER, NEARLY_DUE, UNSEEN_GENERATIONS
from shared.jobs.gates import CACHE
from shared.jobs.kinds import Kind
from shared.jobs.producer import Answer
from shared.jobs.record import Record, from_body
from shared.skew import MAX_APART
from tests.chaos.gates_seen import GatesSeen
from tests.chaos.processes import ACTOR, Actor
from tests.chaos.signals_seen import SignalsSeen
from tests.chaos.toggles import SIGNALS

EFFECTS = Container("effects", "scope")
"""Where the simulation's handlers leave their effects, one document a job."""
SKEW = timedelta(seconds=1)
"""Clocks differ by up to so much; a promise about time is broken only beyond it."""
PROMPT_SECONDS = 5.0
"""A delivery that meets no fault claims so soon after it looked."""
RESCUES_AT_ONCE = 12
"""More messages of Rescue's for one job at one time are too many: its distance doubles up to 4 h."""
MORTAL = ("permanent", "fixable", "transient", "flaky", "run", "slow", "defect")
"""Errands that may die of what their own handler raises."""


class Violation(Exception):
    """A promise was broken. The text begins with the promise's name."""


class Witness:
    """Sees what takes effect; `broken` is the first broken promise."""

    def __init__(self, kind: Kind, seconds: Callable[[], float]) -> None:
        self.kind = kind
        self.seconds = seconds
        self.broken: Violation | None = None
        self.records: dict[str, Record] = {}
        self.effects: dict[str, dict[str, Any]] = {}
        self.gates = GatesSeen(self)
        self._ended_by_wrong_clocks: set[str] = set()
        self.signals = SignalsSeen(self)
        self._sources: dict[str, tuple[str, str]] = {}
        self._sent: set[tuple[str, int]] = set()
        self._rung: dict[str, tuple[float, int]] = {}
        self._writes: dict[str, int] = defaultdict(int)
        self._claims: dict[tuple[str, int], list[Actor]] = defaultdict(list)
        self._failed: dict[tuple[str, int], int] = defaultdict(int)
        self._killed: dict[tuple[str, int], int] = defaultdict(int)
        self._put: dict[str, bytes] = {}
        self._accepted: dict[str, int] = {}
        self._cleared: set[str] = set()

    def alarm(self, promise: str, text: str) -> None:
        """Note a broken promise; the first counts."""
        if self.broken is None:
            self.broken = Violation(f"{promise}: {text} (by {ACTOR.get()} at {self.seconds():.1f} s)")

    # What handlers, producers and the host tell.

    @contextmanager
    def handling(self, actor: Actor) -> Iterator[None]:
        """A handler runs, meanwhile."""
        if actor.is_suspect and any(neighbour.is_suspect for neighbour in actor.process.handling):
            self.alarm("suspect", f"{actor.job} runs as suspect beside another suspect in {actor.process.name}")
        actor.process.handling.append(actor)
        try:
            yield
        finally:
            actor.process.handling.remove(actor)

    def handler_failed(self, job: str, generation: int) -> None:
        """A handling raises Transient."""
        self._failed[job, generation] += 1
        claims = self._claims[job, generation]
        if self._failed[job, generation] > self.kind.policy.max_attempts + sum(a.hits > 0 for a in claims):
            self.alarm("attempts", f"{job} failed {self._failed[job, generation]} times in generation {generation}")

    def handler_kills(self, job: str, generation: int) -> None:
        """A handling ends its process."""
        self._killed[job, generation] += 1
        claims = self._claims[job, generation]
        if self._killed[job, generation] > self.kind.policy.crash_limit + sum(a.hits > 0 for a in claims):
            self.alarm("killer", f"{job} killed {self._killed[job, generation]} processes in generation {generation}")

    def accepted(self, answer: Answer) -> None:
        """A producer of ours was answered."""
        self._accepted[answer.key.id] = max(self._accepted.get(answer.key.id, 0), answer.generation)

    def replayed(self, record: Record) -> None:
        """An operator's replay was answered."""
        self._accepted[record.key.id] = max(self._accepted.get(record.key.id, 0), record.generation)

    def cleared(self, ids: list[str]) -> None:
        """Those messages were deleted by an operator's slip."""
        self._cleared.update(ids)
        self.signals.spoilt(*(self._sources[number][1] for number in ids if number in self._sources))

    # What takes effect.

    def saw_read(self, container: Container) -> None:
        """A document is read."""
        if container is JOBS:
            ACTOR.get().looked_at = self.seconds()

    def saw_message(self, queue: str, number: str, body: bytes) -> None:
        """A message is put."""
        actor = ACTOR.get()
        if queue != self.kind.queue:
            self._given_up(body)
            return
        job = ""
        with suppress(messages.BadMessage):
            message = messages.read(self.kind, body)
            job = self.kind.key_of(message.payload).id
            if message.generation is not None:
                self._sent.add((job, message.generation))
        if actor.role != "rescue":
            self._put[number] = body
        self._sources[number] = (actor.role, job)
        if actor.role == "rescue":
            began, writes = self._rung.get(job, (-1e9, 0))
            self._rung[job] = (actor.began, self._writes[job])
            if actor.began - began < 110 and writes == self._writes[job]:
                self.alarm("messages", f"{job} is rescued again after {actor.began - began:.0f} s")

    def _given_up(self, body: bytes) -> None:
        """The host moves a message to the poison queue: what it asks stands already, or is seen as a dead letter."""
        with suppress(messages.BadMessage):
            message = messages.read(self.kind, body)
            if message.generation is None:
                self.signals.given_up(self.kind.key_of(message.payload).id, self._dead_letter_of(body))

    def _dead_letter_of(self, body: bytes) -> str:
        return hashlib.sha256(self.kind.queue.encode() + b"\0" + body).hexdigest()

    def saw_delete(self, container: Container, id: str) -> None:
        """A document is deleted."""
        if container is GATES:
            self.gates.opened(id, ACTOR.get())

    def saw_write(self, container: Container, body: dict[str, Any]) -> None:
        """A document is created or replaced."""
        if container is EFFECTS:
            self._effect(body)
        elif container is GATES:
            self.gates.written(body, ACTOR.get())
        elif container is SIGNALS:
            self.signals.written(body)
        elif container is JOBS and "raw" not in body:
            after = from_body(body)
            self._changed(self.records.get(after.key.id), after, ACTOR.get())
            self.records[after.key.id] = after
        elif container is JOBS:
            self.records[body["id"]] = from_body(body)

    def _effect(self, body: dict[str, Any]) -> None:
        before = self.effects.get(body["id"])
        if before is not None and before["generation"] >= body["generation"]:
            self.alarm("effect", f"{body['id']} writes generation {body['generation']} over {before['generation']}")
        self.effects[body["id"]] = body

    def _changed(self, before: Record | None, after: Record, actor: Actor) -> None:
        job = after.key.id
        self._writes[job] += actor.role != "rescue"
        given = (UNSEEN_GENERATIONS if before is None else before.generation + 1) + (actor.role == "poison")
        if after.generation > given:
            self.alarm("unknown", f"{job} takes generation {after.generation}, which nobody gave")
        if before is not None and after.generation < before.generation:
            self.alarm("generation", f"{job} goes back from {before.generation} to {after.generation}")
        if before is not None and before.ended:
            if after.ended:
                self._ended_again(before, after, actor)
            else:
                self._revived(before, after, actor)
        if (
            before is not None
            and not before.ended
            and not after.ended
            and after.generation > before.generation
            and (self.effects.get(job, {}).get("generation"), self.effects.get(job, {}).get("ending"))
            != (before.generation, "next")
        ):
            self.alarm("effect", f"{job} goes on from generation {before.generation} without its effect")
        if after.claim is not None and (
            before is None or before.claim is None or before.claim.token != after.claim.token
        ):
            self._claimed(before, after, actor)
        begins = before is None or after.generation > before.generation
        if begins and after.status in ("queued", "waiting") and (job, after.generation) not in self._sent:
            self.alarm("lost", f"{job} is {after.status} in generation {after.generation}, and no message will wake it")
        if after.ended and after.status != "completed" and before is not None and not before.ended and not begins:
            self.alarm("generation", f"{job} is {after.status} and keeps generation {after.generation}")
        if after.status == "completed":
            effect = self.effects.get(job)
            if effect is None or (effect["generation"], effect["ending"]) != (after.generation, "completed"):
                self.alarm("effect", f"{job} completed in generation {after.generation}, what stands is {effect}")
        if before is not None and after.status == "waiting" and after.attempts > before.attempts:
            self._killed[job, after.generation] = 0  # an orderly ending: crashes count in a row only
        if after.status in ("dead", "cancelled"):
            self.signals.spoilt(job)
        if after.status == "dead":
            self._died(before, after, actor)
        if after.ended:
            (self._ended_by_wrong_clocks.add if actor.is_misled else self._ended_by_wrong_clocks.discard)(job)

    def _revived(self, before: Record, after: Record, actor: Actor) -> None:
        if actor.role in ("producer", "operator"):
            return
        assert actor.delivery is not None
        assert before.ended_at is not None
        role, asks_anew = self._sources.get(actor.delivery.id, ("host", ""))[0], actor.generation is None
        text = f"{before.status} {after.key.id} (generation {before.generation}) comes alive by a message of {role}"
        if not asks_anew and (role not in ("producer", "operator") or actor.generation <= before.generation):
            self.alarm("revival", text)
        if asks_anew and before.status == "completed" and self.signals.may_ask_anew(before, after):
            return
        window = ASKS_ANEW_AFTER if before.status != "completed" else self.kind.policy.completed_window
        if actor.is_misled or after.key.id in self._ended_by_wrong_clocks:
            return
        if actor.delivery.put_at < before.ended_at + (window if asks_anew else timedelta()) - 2 * SKEW:
            self.alarm("revival", f"{text} put before its end")

    def _ended_again(self, before: Record, after: Record, actor: Actor) -> None:
        if actor.role == "operator" and (before.status, after.status) == ("dead", "discarded"):
            return
        newer = (actor.generation or 0) > before.generation
        if not (actor.role == "poison" and after.status == "dead" and newer):
            self.alarm("revival", f"{before.status} {after.key.id} becomes {after.status}")

    def _claimed(self, before: Record | None, after: Record, actor: Actor) -> None:
        now, job = clock.now(), after.key.id
        self._claims[job, after.generation].append(actor)
        actor.job = job
        actor.is_suspect = after.crashes > 0
        if actor.is_misled:
            return  # by its clock it is right
        if before is not None and _holds(before, self.kind, now):
            self.alarm("claim", f"{job} is claimed though its claim lasts until {before.claim.until:%H:%M:%S}")  # type: ignore[union-attr]
        waits = before is not None and before.status == "waiting" and before.generation == after.generation
        waits = waits and before.updated_at <= now + MAX_APART - SKEW  # type: ignore[union-attr]
        if waits and before.due is not None and before.due > now + NEARLY_DUE + SKEW:  # type: ignore[union-attr]
            self.alarm("due", f"{job} is claimed before it is due")
        looked_at = actor.looked_at if actor.hits else max(actor.looked_at, self.seconds() - PROMPT_SECONDS)
        self.gates.claimed(self.kind, actor, since=looked_at - (CACHE + SKEW).total_seconds())

    def _died(self, before: Record | None, after: Record, actor: Actor) -> None:
        assert after.reason is not None
        job, code, generation = after.key.id, after.reason.code, after.generation - 1
        behaviour = job.split("-")[0]
        if code == "kills_its_worker":
            hit = sum(claimer.hits > 0 for claimer in self._claims[job, before.generation if before else 0])
            if behaviour != "killer" and hit < self.kind.policy.crash_limit:
                self.alarm("innocent", f"{job} is dead by crashes though only {hit} of its deliveries met a fault")
        elif code == "host_gave_up":
            self._poisoned(before, after, actor)
        elif behaviour not in MORTAL:
            self.alarm("innocent", f"{job} is dead of {code}")
        elif behaviour in ("transient", "flaky", "slow", "defect") and after.attempts != self.kind.policy.max_attempts:
            self.alarm("attempts", f"{job} is dead in generation {generation} after {after.attempts} attempts")

    def _poisoned(self, before: Record | None, after: Record, actor: Actor) -> None:
        if before is None or actor.delivery is None or actor.is_misled:
            return
        older = actor.generation is not None and actor.generation < before.generation
        began = before.generation_began
        if actor.generation is None and began is not None and actor.delivery.put_at < began - SKEW:
            older = True
        if older or _holds(before, self.kind, clock.now()):
            self.alarm("poison", f"an old copy, or one beside a live claim, kills {after.key.id} ({before.status})")

    # The end.

    def crowded(self, ids: list[str]) -> None:
        """Check that the messages in a queue (`ids`) aren't too many."""
        counts: dict[str, int] = defaultdict(int)
        for number in ids:
            role, job = self._sources.get(number, ("host", ""))
            counts[job] += role == "rescue"
        for job, count in counts.items():
            if count > RESCUES_AT_ONCE:
                self.alarm("messages", f"Rescue has {count} messages for {job} in the queue")

    def unsettled(self) -> list[str]:
        """Return the jobs that haven't ended."""
        return sorted(job for job, record in self.records.items() if not record.ended)

    def missing(self) -> list[str]:
        """Return what was accepted and left no trace: to be asked when the queues are empty."""
        lost = []
        for number, body in self._put.items():
            traces = {self._dead_letter_of(body)}
            with suppress(NightshiftError):
                message = messages.read(self.kind, body)
                record = self.records.get(job := self.kind.key_of(message.payload).id)
                traces |= {job} if record and (message.generation or 0) <= record.generation else set()
            if not traces & self.records.keys() and number not in self._cleared:
                lost.append(f"message {number} ({body[:60]!r}) left no record")
        for job, generation in self._accepted.items():
            if job not in self.records or self.records[job].generation < generation:
                lost.append(f"generation {generation} of {job} was accepted and never came")
        return [*lost, *self.signals.missing()]


def _holds(record: Record, kind: Kind, now: datetime) -> bool:
    """Return whether a record's claim isn't over; one that outlasts any claim was a wrong clock's, and is."""
    return record.claim is not None and now + SKEW < record.claim.until < now + kind.policy.claim + MAX_APART - SKEW
