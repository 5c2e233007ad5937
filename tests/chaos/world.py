"""What do all processes of a simulation share?

Time, dice, weather, the services and the witness; and what can be done to processes from outside.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.documents.port import Document
from shared.jobs.kinds import Policy
from shared.jobs.record import from_body
from tests.chaos import toggles
from tests.chaos.errands import Errands
from tests.chaos.processes import ACTOR, Actor, Killed, Process
from tests.chaos.services import WatchedDocuments, WatchedQueues
from tests.chaos.virtual_loop import VirtualLoop
from tests.chaos.weather import Fault, Weather
from tests.chaos.witness import Witness
from tests.jobs_world import QUEUE, errand_kind

START = datetime(2026, 11, 23, tzinfo=UTC)
POISON_QUEUE = f"{QUEUE}-poison"
POLICY = Policy(dedupe_window=timedelta(seconds=60), completed_window=timedelta(seconds=300))
"""Production's numbers, but windows so short that jobs are asked anew within a simulation."""


class World:
    """One simulation's world. `tell` gets each line of the trace."""

    def __init__(self, seed: int, tell: Callable[[str], None] | None) -> None:
        self.dice = random.Random(seed)
        self.weather = Weather.of(self.dice)
        self.loop = VirtualLoop(random.Random(seed))
        self.errands = Errands(self)
        errands = errand_kind(self.errands.handle, policy=POLICY, settle=toggles.settle, latest=toggles.LATEST)
        self.kind = replace(errands, model=toggles.Asking)
        self.witness = Witness(self.kind, self.loop.time)
        self.store = WatchedDocuments(self.witness)
        self.queues = WatchedQueues(self.witness, self.true_now, QUEUE, POISON_QUEUE)
        self.processes: list[Process] = []
        """The hosts that live now."""
        self.deliveries: set[asyncio.Task[None]] = set()
        self.is_calm = False
        """The second half of a simulation: nothing more goes wrong, so everything must end."""
        self.is_over = False
        self.clients = 0
        """Producers and operators that still have something to do."""
        self._down: dict[str, float] = {}
        self._tell = tell

    def true_now(self) -> datetime:
        """Return the time."""
        return START + timedelta(seconds=self.loop.time())

    def now(self) -> datetime:
        """Return the time as whoever acts now sees it on its own clock."""
        return self.true_now() + timedelta(seconds=ACTOR.get().process.skew_seconds)

    def note(self, what: str) -> None:
        """Add a line to the trace."""
        if self._tell is not None:
            self._tell(f"{self.loop.time():9.2f}  {ACTOR.get().name:12} {what}")

    def note_call(self, what: str, result: object) -> None:
        """Add a call and what it did to the trace."""
        if self._tell is None:
            return
        text = type(result).__name__ if isinstance(result, Exception) else "ok" if result is not None else "-"
        if isinstance(result, Document) and "timeline" in result.body and "raw" not in result.body:
            record = from_body(result.body)
            claim = f" claim until {record.claim.until:%H:%M:%S}" if record.claim else ""
            due = f" due {record.due:%H:%M:%S}" if record.due else ""
            text = f"{record.status} g{record.generation} a{record.attempts} c{record.crashes}{claim}{due}"
        elif isinstance(result, Document):
            text = str({name: result.body.get(name) for name in ("generation", "ending", "due") if name in result.body})
        self.note(f"{what}: {text}")

    def draw_fault(self) -> Fault | None:
        """Draw what a call meets."""
        return None if self.is_calm or self.is_over else self.weather.fault(self.dice)

    def is_down(self, service: str) -> bool:
        """Return whether a service can't be reached now."""
        return self._down.get(service, 0.0) > self.loop.time()

    def take_down(self, service: str, seconds: float) -> None:
        """Let a service fail for some time; None of its callers knows for how long."""
        self._down[service] = self.loop.time() + seconds
        self.note(f"FAULT {service} is down for {seconds:.0f} s")

    def bring_up(self) -> None:
        """End every outage."""
        self._down.clear()

    def kill(self, process: Process, where: str, by: Actor | None = None) -> None:
        """Kill a process."""
        if process.alive:
            self.note(f"FAULT {process.name} dies {where}")
            process.kill(by)

    def stall(self, process: Process, where: str = "") -> None:
        """Let a process stand still for some time, and then go on as if nothing had been: a zombie.

        Its messages may become visible as soon as its claims are over.
        """
        seconds = self.dice.uniform(20, 600) if self.dice.random() < 0.5 else self.dice.uniform(90, 240)
        process.stalled_until = self.loop.time() + seconds
        process.hit()
        for actor in process.actors:
            if actor.role == "worker" and actor.delivery is not None and self.dice.random() < 0.5:
                claim = POLICY.claim.total_seconds()
                self.loop.call_later(claim + 1, self.queues.reveal, actor.delivery.queue, actor.delivery.id)
        self.note(f"FAULT {process.name} stands still for {seconds:.0f} s {where}")

    def process(self, name: str) -> Process:
        """Return a new process, its clock a little off."""
        return Process(name, self.dice.uniform(-1, 1) * self.weather.skew_seconds)

    def check_alive(self, process: Process) -> None:
        """Raise Killed in a killed process."""
        if not process.alive:
            raise Killed
