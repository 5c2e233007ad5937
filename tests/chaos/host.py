"""How does a host of a simulation run the app?

As the Functions host does: it receives with a visibility of 10 minutes, renews it each 5, deletes what succeeded, hides
what failed for host.json's visibilityTimeout, moves to the poison queue what failed too often, and backs off when a
queue is empty. A killed one starts again, as a new process with a new runtime.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from shared import clock
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.errors import NightshiftError, PreconditionFailed
from shared.jobs import messages
from shared.jobs.outcome import Deferred
from shared.jobs.runtime import Runtime
from shared.queues.port import Delivery
from shared.services import Services
from tests.chaos.processes import ACTOR, Actor, Killed, Process
from tests.chaos.wires import WiredDocuments, WiredQueues

if TYPE_CHECKING:
    from tests.chaos.world import World

RECEIVE_VISIBILITY = timedelta(minutes=10)
FAILED_VISIBILITY = timedelta(seconds=30)
"""host.json's visibilityTimeout."""
LONGEST_POLL_SECONDS = 60.0


async def keep_running(world: World, number: int) -> None:
    """Run one host until the simulation is over, anew after each death."""
    life = 0
    while not world.is_over:
        life += 1
        host = Host(world, world.process(f"w{number}.{life}"))
        await host.run()
        await asyncio.sleep(world.dice.uniform(1, world.weather.restart_seconds if not world.is_calm else 30))


class Host:
    """One process of the host with its worker, until it is killed."""

    def __init__(self, world: World, process: Process) -> None:
        self._world = world
        self.process = process
        self._queues = WiredQueues(world, process)
        documents = WiredDocuments(world, process)
        self._runtime = Runtime(Services(Settings(), documents, self._queues, cast(Blobs, None)))
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Receive and run until the process dies or the simulation is over."""
        world = self._world
        world.processes.append(self.process)
        kind = world.kind
        try:
            await asyncio.gather(self._poll(kind.queue), self._poll(kind.poison_queue))
        finally:
            world.processes.remove(self.process)

    async def _poll(self, queue: str) -> None:
        world, pause = self._world, 0.1
        while self.process.alive and not world.is_over:
            delivery = None
            room = world.weather.at_once - len(self._running)
            if room > 0 and not world.is_down("queue") and self.process.stalled_until <= world.loop.time():
                delivery = world.queues.receive(queue, visibility=RECEIVE_VISIBILITY)
            if delivery is None:
                await asyncio.sleep(pause * world.dice.uniform(0.8, 1.2))
                pause = min(pause * 1.8, LONGEST_POLL_SECONDS)
                continue
            pause = 0.1
            if world.draw_fault() == "answer lost":
                continue  # received, and nobody has it: it comes back after its visibility
            task = world.loop.create_task(self._deliver(delivery))
            for tasks in (self._running, world.deliveries):
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            await asyncio.sleep(0)

    async def _deliver(self, delivery: Delivery) -> None:
        world, kind = self._world, self._world.kind
        is_poison = delivery.queue == kind.poison_queue
        actor = Actor(
            "poison" if is_poison else "worker", f"{self.process.name}/m{delivery.id}", self.process,
            world.loop.time(), delivery,
        )  # fmt: skip
        try:
            message = messages.read(kind, delivery.body)
            actor.generation, actor.job = message.generation, message.payload.name
        except messages.BadMessage:
            pass
        ACTOR.set(actor)
        self.process.actors.append(actor)
        world.note(f"delivery {delivery.dequeue_count} of {delivery.body[:80]!r} in {delivery.queue}")
        try:
            await self._carry(actor, delivery, is_poison)
        except Killed:
            pass
        except NightshiftError as error:
            world.note(f"the message comes back: {error}")
        finally:
            self.process.actors.remove(actor)

    async def _carry(self, actor: Actor, delivery: Delivery, is_poison: bool) -> None:
        world = self._world
        if not is_poison and delivery.dequeue_count > world.weather.max_dequeue_count:
            await self._give_up(delivery)
            return
        renewal = _Renewal(world, self.process, delivery)
        try:
            run = self._runtime.deliver_poison if is_poison else self._runtime.deliver
            outcome = await run(world.kind, delivery)
        except Deferred as deferred:
            world.note(f"-> {deferred.outcome.what} {deferred.outcome.why or deferred.outcome.code}")
        except Exception as error:
            world.witness.alarm("crash", f"the runtime raises {error!r}")
        else:
            world.note(f"-> {outcome.what} {outcome.why or outcome.code or ''}")
            await self._queues.delete(renewal.end())
            return
        delivery = renewal.end()
        if is_poison:
            return  # without a poison queue of its own it stays hidden until its visibility ends
        if delivery.dequeue_count >= world.weather.max_dequeue_count:
            await self._give_up(delivery)
            return
        with contextlib.suppress(PreconditionFailed):  # the app postponed it: the host swallows its stale receipt
            await self._queues.postpone(delivery, FAILED_VISIBILITY)

    async def _give_up(self, delivery: Delivery) -> None:
        self._world.note("the host gives up: poison")
        await self._queues.send(self._world.kind.poison_queue, delivery.body.decode("utf-8", "replace"))
        await self._queues.delete(delivery)


class _Renewal:
    """Keeps the message of a delivery hidden while it runs; its receipt changes, and the app's is stale then."""

    def __init__(self, world: World, process: Process, delivery: Delivery) -> None:
        self._world = world
        self._process = process
        self._delivery = delivery
        self._timer = world.loop.call_later(RECEIVE_VISIBILITY.total_seconds() / 2, self._renew)

    def end(self) -> Delivery:
        """Stop; return the delivery with its newest receipt."""
        self._timer.cancel()
        return self._delivery

    def _renew(self) -> None:
        world = self._world
        if not self._process.alive or world.is_down("queue") or self._process.stalled_until > world.loop.time():
            return
        try:
            self._delivery = world.queues.hide(self._delivery, RECEIVE_VISIBILITY)
        except PreconditionFailed:
            return
        world.note(f"the host renews the visibility at {clock.now():%H:%M:%S}")
        self._timer = world.loop.call_later(RECEIVE_VISIBILITY.total_seconds() / 2, self._renew)
