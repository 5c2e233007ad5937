"""Stage: where is a scenario played? On a devhost and an Azurite, with a queue of its own, or timers of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from azure.storage.queue.aio import QueueServiceClient

from tests.azurite import Azurite
from tests.conformance import agreement
from tests.conformance.agreement import Difference
from tests.integration.devhost import host_process
from tests.integration.devhost.host_process import AppFolder, DevHost
from tests.patience import LIMIT_SECONDS

Seen = dict[str, Any]
Found = dict[str, list[Difference]]
"""Where each scenario differs, by its name."""

QUIET_SECONDS = 1.25 * agreement.POLLING_SECONDS
"""How long nothing may follow what was waited for: what is visible is received within one polling interval."""

OPTIONS: dict[str, Any] = {
    "batchSize": 4,
    "newBatchThreshold": 2,
    "maxDequeueCount": 3,
    "visibilityTimeout": "00:00:02",
    "maxPollingInterval": "00:00:02",
    "messageEncoding": "none",
}

_PLAYS = 3


@dataclass(frozen=True, slots=True)
class Stage:
    """An Azurite, a folder, and the program that plays the host: devhost, or one that is broken on purpose."""

    azurite: Azurite
    folder: Path
    service: QueueServiceClient
    module: str = "devhost"
    environ: dict[str, str] = field(default_factory=dict)
    limit_seconds: float = LIMIT_SECONDS

    def app(self, name: str, source: str, **options: Any) -> AppFolder:
        """Return a new app called `name`."""
        number = len(list(self.folder.glob(f"{name}-*")))
        return AppFolder(self.folder / f"{name}-{number}", source, **{**OPTIONS, **options})

    @asynccontextmanager
    async def host(
        self, app: AppFolder, *arguments: str, storage: str | None = None, **environ: str
    ) -> AsyncIterator[DevHost]:
        """Run a host inside the block."""
        async with host_process.running(
            app,
            storage or self.azurite.connection_string,
            *arguments,
            module=self.module,
            **self.environ,
            **environ,
        ) as host:
            yield host

    async def until(self, happened: Callable[[], bool | Awaitable[bool]], limit_seconds: float | None = None) -> None:
        """Wait until it `happened`, or the limit is over: then the comparison says what is missing."""
        deadline = time.monotonic() + (limit_seconds or self.limit_seconds)
        while time.monotonic() < deadline:
            holds = happened()
            if holds if isinstance(holds, bool) else await holds:
                return
            await asyncio.sleep(0.1)


async def compared(play: Callable[[], Awaitable[Seen]], recorded: Seen) -> list[Difference]:
    """Play a scenario and return where it differs.

    If only times differ it is played again: a busy machine delays now and then, a wrong host always.
    """
    for _ in range(_PLAYS):
        found = agreement.differences(await play(), recorded)
        if not found or not all(difference.may_be_chance for difference in found):
            break
    return found
