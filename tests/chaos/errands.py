"""What do the jobs of a simulation do?

Handlers of all tempers, told by the job's name (``flaky-3``), each leaving its effect as docs/protocol.md wants it
(Effects): keyed by the job, ordered by generation, naming its ending; who finds the
effect of its generation standing takes that ending.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.documents.compare_and_set import write_over_older
from shared.errors import Misconfigured, Permanent, RateLimited, Transient
from shared.jobs.kinds import Job, Next
from tests.chaos import toggles
from tests.chaos.processes import ACTOR, Killed
from tests.chaos.toggles import Asking
from tests.chaos.witness import EFFECTS

if TYPE_CHECKING:
    from tests.chaos.world import World

TEMPERS = {
    "ok": 5, "flaky": 3, "transient": 1, "permanent": 2, "fixable": 2, "killer": 2, "run": 4, "slow": 1, "limited": 2,
    "misconfigured": 1, "defect": 1,
}  # fmt: skip
"""How often each temper is drawn."""
MODEL = "model:small"


class Errands:
    """The handlers of one simulation, and what they remember beside the store: what the world outside knows."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._refused: Counter[str] = Counter()

    async def handle(self, job: Job, errand: Any) -> Next | None:
        """The handler of the simulation's kind."""
        with self._world.witness.handling(ACTOR.get()):
            return await self._handle(job, errand)

    async def _handle(self, job: Job, errand: Asking) -> Next | None:
        documents = job.services.documents
        standing = await documents.get(EFFECTS, "errands", errand.name)
        if standing is not None and standing.body["generation"] == job.generation:
            self._world.note(f"finds the effect of generation {job.generation} standing")
            await toggles.leave(documents, job, errand)
            return _ending(standing.body)
        ending = await self._work(job, errand)
        await toggles.leave(documents, job, errand)
        body = {"id": errand.name, "scope": "errands", "generation": job.generation, "ending": ending}
        body["after"] = self._world.dice.choice((0, 5, 60)) if ending == "next" else None
        stands = await write_over_older(documents, EFFECTS, body, lambda effect: effect["generation"])
        return _ending(stands.body if stands.body["generation"] == job.generation else body)

    async def _work(self, job: Job, errand: Asking) -> str:
        world, dice, temper = self._world, self._world.dice, errand.name.split("-")[0]
        world.note(f"works on {errand.name} g{job.generation}, attempt {job.attempt}")
        long = temper == "slow" or dice.random() < (0.5 if temper == "run" else 0.2)
        await asyncio.sleep(dice.uniform(20, 300 if temper == "slow" else 100) if long else dice.uniform(0, 3))
        world.check_alive(ACTOR.get().process)
        if not world.is_calm and dice.random() < world.weather.zombies:
            world.stall(ACTOR.get().process, "before an ending")
        if temper in ("limited", "misconfigured", "killer") and self._is_refused(errand.name, temper, dice.random()):
            after = dice.choice((None, timedelta(seconds=dice.uniform(1, 90))))
            if temper == "misconfigured" and dice.random() < 0.7:
                raise Misconfigured("the key is wrong", dependency=MODEL)
            raise RateLimited("too fast", dependency=MODEL, retry_after=after)
        if temper == "killer":
            world.witness.handler_kills(errand.name, job.generation)
            world.kill(ACTOR.get().process, f"of {errand.name}", by=ACTOR.get())
            raise Killed
        if temper == "permanent" or (temper == "fixable" and job.generation < 2):
            raise Permanent("no such thing", code="gone")
        if temper in ("transient", "defect") or (temper in ("flaky", "run") and dice.random() < 0.3):
            world.witness.handler_failed(errand.name, job.generation)
            raise ValueError("a defect") if temper == "defect" else Transient("later", code="later")
        if temper == "run" and dice.random() < 0.15:
            raise Permanent("the run can't go on", code="gone")
        return "next" if temper == "run" and dice.random() < (0.3 if world.is_calm else 0.7) else "completed"

    def _is_refused(self, name: str, temper: str, roll: float) -> bool:
        if not self._world.weather.refusals:
            return False
        if temper == "killer":
            return roll < 0.35
        self._refused[name] += 1
        return self._refused[name] % 4 != 0


def _ending(effect: dict[str, Any]) -> Next | None:
    return Next(timedelta(seconds=effect["after"])) if effect["ending"] == "next" else None
