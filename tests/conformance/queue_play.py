"""Play of one queue scenario: its queue, what its function noted, and what was left of its messages."""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue.aio import QueueClient

from tests.conformance.stage import QUIET_SECONDS, Seen, Stage
from tests.integration.devhost.host_process import AppFolder, DevHost, bodies, depth


class QueuePlay:
    """A queue of `stage`, and the app whose function listens to it. `host` None: the scenario runs its own."""

    def __init__(self, stage: Stage, name: str, app: AppFolder, host: DevHost | None = None) -> None:
        self.stage = stage
        self.name = queue_name(name)
        self.app = app
        self._host = host
        self.queue: QueueClient = stage.service.get_queue_client(self.name)
        self.poison: QueueClient = stage.service.get_queue_client(f"{self.name}-poison")
        self._noted_before = len(app.notes(queue=self.name))

    def is_on(self, host: DevHost) -> None:
        """Note that `host` runs the app."""
        self._host = host

    @property
    def host(self) -> DevHost:
        """The running host."""
        assert self._host is not None
        return self._host

    async def put(self, *texts: str) -> None:
        """Put messages into the queue, made when missing."""
        await make(self.queue)
        for text in texts:
            await self.queue.send_message(text, time_to_live=-1)

    def notes(self, **having: Any) -> list[dict[str, Any]]:
        """Return what the function noted in this play."""
        new = self.app.notes(queue=self.name)[self._noted_before :]
        return [note for note in new if all(note[key] == value for key, value in having.items())]

    async def poisoned(self) -> list[dict[str, Any]]:
        """Return body and days to live of each message in the poison queue."""
        try:
            messages = await self.poison.peek_messages(max_messages=32)
        except ResourceNotFoundError:
            return []
        found = [
            {"body": message.content, "days": round((message.expires_on - message.inserted_on).total_seconds() / 86400)}
            for message in messages
            if message.expires_on is not None and message.inserted_on is not None
        ]
        return sorted(found, key=str)

    async def left(self) -> int:
        """Return how many messages the queue holds."""
        return await depth(self.queue)

    async def quiet(self, ends: int, poison: int = 0, left: int = 0) -> None:
        """Wait for so many ended calls, poison messages and messages left; then see that nothing more comes."""

        async def came() -> bool:
            return (
                len(self.notes(phase="end")) >= ends
                and len(await bodies(self.poison)) >= poison
                and await self.left() == left
            )

        await self.stage.until(came)
        await self.stage.until(lambda: len(self.notes(phase="end")) > ends, QUIET_SECONDS)

    async def outcome(self) -> Seen:
        """Return what most scenarios compare."""
        starts = self.notes(phase="start")
        gaps = [round(later["at"] - earlier["at"], 1) for earlier, later in itertools.pairwise(starts)]
        return {
            "starts": [note["count"] for note in starts],
            "gaps": gaps,
            "ends": len(self.notes(phase="end")),
            "poison": await self.poisoned(),
            "left": await self.left(),
        }

    def steps(self) -> list[int]:
        """Return how many ran at once after each start and end."""
        changes = (1 if note["phase"] == "start" else -1 for note in self.notes())
        return list(itertools.accumulate(changes))

    async def first_start_after(self, since: float) -> float:
        """Wait for a start; return the seconds from `since` (Unix time)."""
        await self.stage.until(lambda: bool(self.notes(phase="start")))
        starts = self.notes(phase="start")
        return round((starts[0]["at"] if starts else time.time()) - since, 1)


Player = Callable[[QueuePlay], Awaitable[Seen]]


def queue_name(scenario: str) -> str:
    """Return the name of a scenario's queue."""
    return f"conform-{scenario}"


async def make(queue: QueueClient) -> None:
    """Create `queue` when missing."""
    try:
        await queue.create_queue()
    except ResourceExistsError:
        return


async def empty(play: QueuePlay) -> None:
    """Leave nothing of an earlier play of the scenario."""
    for queue in (play.queue, play.poison):
        try:
            await queue.clear_messages()
        except ResourceNotFoundError:
            continue
