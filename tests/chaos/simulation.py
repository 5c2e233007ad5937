"""Does the queue runtime keep its promises under one seed?

Half an hour of faults, then calm until everything has ended. The same seed gives the same run to the last step.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from shared import clock
from tests.chaos import clients, host
from tests.chaos.errands import TEMPERS
from tests.chaos.processes import Killed
from tests.chaos.witness import Violation
from tests.chaos.world import World

STORM_SECONDS = 1800.0
CALM_SECONDS = 36 * 3600.0
"""Whatever hasn't ended by then is lost: Rescue's distances grow up to 4 h."""
LOOK_SECONDS = 20.0
NAMESAKES_SHARE = 0.25
"""Share of the seeds in which a job is called like the hash that another one is stored as."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one seed came to: `violation` None when every promise was kept."""

    seed: int
    violation: str | None
    jobs: int
    virtual_seconds: float

    def __str__(self) -> str:
        result = self.violation or "every promise kept"
        replay = f"\n  replay: ./scripts/chaos --seed {self.seed} --trace" if self.violation else ""
        return f"seed {self.seed}: {result}{replay}"


def run(seed: int, tell: Callable[[str], None] | None = None) -> Report:
    """Run the simulation of `seed`; `tell` gets each line of its trace."""
    world = World(seed, tell)
    kept, level = random.getstate(), logging.root.manager.disable
    random.seed(seed)  # the runtime's own jitter
    logging.disable(logging.CRITICAL)
    try:
        with clock.running_on(world.now):
            violation = world.loop.run(_simulate(world))
    finally:
        logging.disable(level)
        random.setstate(kept)
    return Report(seed, violation, len(world.witness.records), world.loop.time())


async def _simulate(world: World) -> str | None:
    world.note(f"{world.weather}")
    hosts = [asyncio.create_task(host.keep_running(world, number)) for number in range(world.weather.workers)]
    others = [asyncio.create_task(work) for work in _clients(world)]
    try:
        await _watch(world, [*hosts, *others])
    except Violation as violation:
        return str(violation)
    finally:
        await _wind_down(world, hosts, others)
    return None


def _clients(world: World) -> Iterator[Coroutine[Any, Any, None]]:
    dice = world.dice
    yield clients.rescue_each_minute(world)
    yield clients.misfortune(world)
    tempers = dice.choices(list(TEMPERS), list(TEMPERS.values()), k=dice.randint(3, 8))
    jobs = [f"{temper}-{number}" for number, temper in enumerate(tempers)]
    namesakes = clients.NAMESAKES if dice.random() < NAMESAKES_SHARE else ()
    for job in [*jobs, *namesakes, "malformed"]:
        for _ in range(dice.choice((1, 1, 2, 3))):
            world.clients += 1
            at = dice.uniform(0, STORM_SECONDS) * dice.choice((0.1, 1))
            ours = job != "malformed" and dice.random() < 0.5
            yield (clients.ask if ours else clients.put)(world, job, at, world.clients)
    for number in range(world.weather.toggles):
        began = dice.uniform(0, STORM_SECONDS / 2)
        for at in sorted(began + dice.uniform(0, 600) for _ in range(dice.randint(3, 5))):
            world.clients += 1
            job = f"toggle-{number}-{dice.choice(('up', 'none'))}"
            client = clients.ask if dice.random() < 0.5 else clients.put
            yield client(world, job, at, world.clients)
    for _ in range(int(world.weather.operators * STORM_SECONDS / 120)):
        world.clients += 1
        yield clients.operate(world, dice.uniform(60, STORM_SECONDS), world.clients)


async def _watch(world: World, tasks: list[asyncio.Task[None]]) -> None:
    """Look on until all is settled. Raises Violation when a promise is broken or something is lost."""
    witness, queue = world.witness, world.kind.queue
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = world.loop.time()
        if not world.is_calm and now >= STORM_SECONDS:
            await _calm(world)
            calm_since = now
        witness.crowded(world.queues.ids(queue))
        for task in tasks:
            if task.done() and (error := task.exception()):
                witness.alarm("crash", repr(error))
        for failure in world.loop.failures:
            if not isinstance(failure.get("exception"), Killed):
                witness.alarm("crash", f"{failure}")
        if witness.broken is not None:
            raise witness.broken
        if not world.is_calm or world.clients > 0:
            continue
        if world.queues.is_empty and not witness.unsettled() and not any(p.actors for p in world.processes):
            if missing := witness.missing():
                raise Violation(f"lost: {'; '.join(missing)}")
            return
        if now - calm_since > CALM_SECONDS:
            waiting = ", ".join(f"{job} ({witness.records[job].status})" for job in witness.unsettled())
            raise Violation(f"lost: never ended: {waiting or 'a message in a queue'}")


async def _calm(world: World) -> None:
    world.is_calm = True
    world.bring_up()
    world.note("CALM: nothing more goes wrong")
    await clients.open_gates(world)


async def _wind_down(world: World, hosts: list[asyncio.Task[None]], others: list[asyncio.Task[None]]) -> None:
    """Let every process die where it stands, so that nothing is left half-way."""
    world.is_over = True
    for process in world.processes:
        process.alive = False
    for task in others:
        task.cancel()
    await asyncio.gather(*hosts, *others, *world.deliveries, return_exceptions=True)
    await world.store.close()
