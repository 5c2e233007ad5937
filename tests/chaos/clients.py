"""Who asks for jobs, looks after them, and gets in their way?

Producers of ours and elsewhere, operators, Rescue each minute, and the disasters that the weather holds. Each client is
a process of its own that may die half-way; who got no answer asks again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared import clock
from shared.errors import NightshiftError
from shared.jobs import messages
from shared.jobs.decide import UNSEEN_GENERATIONS
from shared.jobs.gates import Gates
from shared.jobs.interventions import Interventions
from shared.jobs.kinds import Registry
from shared.jobs.producer import Producer
from shared.jobs.record import JobKey
from shared.jobs.record_store import Records
from shared.jobs.rescue import Rescue
from tests.chaos.errands import MODEL
from tests.chaos.processes import ACTOR, Actor, Killed, Process, Role
from tests.chaos.wires import WiredDocuments, WiredQueues

if TYPE_CHECKING:
    from tests.chaos.world import World

MALFORMED = (b"not json", b"[1, 2]", b'{"name": 7}', b"\xff\xfe\x00", b'{"name": "ok-0", "generation": -1}')
STRAY_GENERATIONS = (40, 999, UNSEEN_GENERATIONS + 1, 2**31 - 1)
"""What producers elsewhere make up: far beyond any that a job of a simulation reaches."""
CLIENT_TRIES = 4
ODD = "ok-0 of a kind"
NAMESAKES = (ODD, hashlib.sha256(ODD.encode()).hexdigest())
"""A job whose id is stored as its hash, and one that is called like that hash."""
_SHIFTS = (-3600.0, -300.0, 300.0, 1200.0, 2 * 86_400.0)
"""Seconds by which a clock is set wrong."""


@asynccontextmanager
async def acting(world: World, role: Role, name: str) -> AsyncIterator[Actor]:
    """Act as a client in a process of its own; what it dies of or can't reach ends here."""
    process = world.process(name)
    actor = Actor(role, name, process, world.loop.time())
    token = ACTOR.set(actor)
    try:
        yield actor
    except (Killed, NightshiftError) as error:
        world.note(f"gives up: {error!r}")
    finally:
        ACTOR.reset(token)


async def ask(world: World, job: str, at: float, number: int) -> None:
    """A producer of ours asks for `job`, again until it gets an answer."""
    await asyncio.sleep(at)
    asked = clock.to_text(clock.now())
    for turn in range(CLIENT_TRIES):
        async with acting(world, "producer", f"p{number}.{turn}") as actor:
            producer = Producer(Records(WiredDocuments(world, actor.process)), WiredQueues(world, actor.process))
            answer = await producer.enqueue(world.kind, {"name": job, "asked": asked}, by="a client")
            world.note(f"{job}: {answer.what} g{answer.generation}")
            world.witness.accepted(answer)
            world.witness.signals.given(job, asked)
            break
        await asyncio.sleep(world.dice.uniform(0, 20))
    world.clients -= 1


async def put(world: World, job: str, at: float, number: int) -> None:
    """A producer elsewhere puts a message, or something that is none."""
    await asyncio.sleep(at)
    members: dict[str, Any] = {"name": job}
    if world.dice.random() < world.weather.strays:
        members["generation"] = world.dice.choice(STRAY_GENERATIONS)
    if world.dice.random() < world.weather.large:
        empty = len(json.dumps({**members, "do": ""}))
        members["do"] = "x" * (messages.MAX_ACCEPTED - empty)
    body = world.dice.choice(MALFORMED) if job == "malformed" else json.dumps(members).encode()
    delay = timedelta(seconds=world.dice.choice((0, 0, 0, 120)))
    world.queues.put(world.kind.queue, body, delay=delay)
    if "generation" not in members:
        world.witness.signals.given(job, clock.to_text(clock.now()))
    world.note(f"a message is put: {body[:80]!r}")
    world.clients -= 1


async def operate(world: World, at: float, number: int) -> None:
    """An operator replays, discards or cancels whatever there is."""
    await asyncio.sleep(at)
    dice, records = world.dice, world.witness.records
    action = dice.choice(("replay", "replay", "replay", "cancel", "discard"))
    wanted = [job for job, r in records.items() if (not r.ended if action == "cancel" else r.status == "dead")]
    if wanted:
        job = dice.choice(wanted)
        async with acting(world, "operator", f"o{number}") as actor:
            documents, queues = WiredDocuments(world, actor.process), WiredQueues(world, actor.process)
            held = await Records(documents).get(JobKey(records[job].key.scope, job))
            if held is not None:
                interventions = Interventions(
                    Records(documents), queues, Gates(documents), Registry([world.kind]), by="an operator"
                )
                world.note(f"{action} {job}")
                await asyncio.sleep(dice.choice((0, 0, 5, 60)))
                if action == "replay":
                    replayed = await interventions.replay(held, force=dice.random() < 0.7)
                    if held.record.raw is None:
                        world.witness.replayed(replayed)
                elif action == "cancel":
                    await interventions.cancel(held)
                else:
                    await interventions.discard(held)
    world.clients -= 1


async def rescue_each_minute(world: World) -> None:
    """The timer of RescueJobs."""
    while not world.is_over:
        await asyncio.sleep(60 - (world.loop.time() - 45) % 60)
        if world.is_over or not world.weather.rescue or not world.witness.unsettled():
            continue
        async with acting(world, "rescue", "rescue") as actor:
            documents = WiredDocuments(world, actor.process)
            gates = Gates(documents)
            for rescued in await Rescue(
                Records(documents), WiredQueues(world, actor.process), gates, Registry([world.kind])
            ).run():
                world.note(f"rescued {rescued.record.key.id}")


async def close_gates(world: World) -> None:
    """An operator pauses the queue or the model, and lets it go on."""
    gates, dice = Gates(world.store), world.dice
    name = dice.choice((MODEL, f"queue:{world.kind.queue}"))
    async with acting(world, "operator", "gatekeeper"):
        if dice.random() < 0.3:
            world.note(f"opens {name}: {await gates.open(name)}")
            return
        until = clock.now() + timedelta(seconds=dice.uniform(5, 600)) if dice.random() < 0.7 else None
        await gates.close(name, reason="a pause", by="an operator", until=until)
        world.note(f"closes {name} until {until:%H:%M:%S}" if until else f"closes {name} without end")


async def open_gates(world: World) -> None:
    """An operator lets everything go on that was closed by hand."""
    async with acting(world, "operator", "gatekeeper"):
        gates = Gates(world.store)
        for gate in await gates.all():
            if gate.due is None:
                await gates.open(gate.name)


async def misfortune(world: World) -> None:
    """Whatever the weather holds beside the faults of calls, until it is calm."""
    weather, dice = world.weather, world.dice
    rates = (
        (weather.outages, lambda: world.take_down(dice.choice(("store", "queue")), dice.uniform(1, 900))),
        (weather.stalls, lambda: _stall(world)),
        (weather.jumps, lambda: _jump(world)),
        (weather.clocks, lambda: _set_clock(world)),
        (weather.kills, lambda: _kill(world)),
        (weather.reveals, lambda: _reveal(world)),
        (weather.clears, lambda: _clear(world)),
    )
    while True:
        await asyncio.sleep(dice.uniform(2, 10))
        if world.is_calm:
            return
        for per_minute, strike in rates:
            if dice.random() < per_minute / 10:
                strike()
        if dice.random() < weather.gates / 10:
            await close_gates(world)


def _stall(world: World) -> None:
    if busy := _busy(world):
        world.stall(world.dice.choice(busy))


def _jump(world: World) -> None:
    seconds = world.dice.uniform(30, 1200)
    for process in world.processes:
        process.hit()
    world.loop.jump(seconds)
    world.note(f"FAULT time jumps by {seconds:.0f} s")


def _set_clock(world: World) -> None:
    """Whoever works beside a wrong clock, and whoever has one, may lose a claim: each counts as hit."""
    if not (busy := _busy(world)):
        return
    process, shift = world.dice.choice(busy), world.dice.choice(_SHIFTS)
    right_at = world.loop.time() + world.dice.uniform(5, 300)
    process.skew_seconds += shift
    world.note(f"FAULT the clock of {process.name} is set by {shift} s")

    def compared() -> None:
        for one in world.processes:
            one.hit()
        for actor in process.actors:
            actor.was_misled = True
        if world.loop.time() < right_at and process.alive:
            world.loop.call_later(1, compared)
            return
        process.skew_seconds -= shift
        world.note(f"the clock of {process.name} is right again")

    compared()


def _kill(world: World) -> None:
    if busy := _busy(world):
        world.kill(world.dice.choice(busy), "by kill -9")


def _busy(world: World) -> list[Process]:
    return [process for process in world.processes if process.actors] or world.processes


def _reveal(world: World) -> None:
    if ids := world.queues.ids(world.kind.queue):
        number = world.dice.choice(ids)
        world.queues.reveal(world.kind.queue, number)
        world.note(f"FAULT m{number} becomes visible")


def _clear(world: World) -> None:
    world.witness.cleared(world.queues.ids(world.kind.queue))
    world.queues.clear(world.kind.queue)
    world.note("FAULT the queue is cleared")
