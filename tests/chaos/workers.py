"""How does the crash test run hosts, and kill them?"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests import patience
from tests.azurite import PROJECT

APP = PROJECT / "tests" / "chaos" / "app"
until = partial(patience.until, look=0.005)
"""Waits as the tests do, looking often: what is to be killed is soon gone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the hosts of one run work, and with which times in seconds."""

    folder: Path
    storage: str
    queue: str
    claim_seconds: float
    visibility_seconds: float
    app: Path = APP
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """The store that all of them share."""
        return self.folder / "chores.sqlite3"

    @property
    def running(self) -> Path:
        """Where handlers note what they work on."""
        return self.folder / "running"

    def make(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def environment(self) -> dict[str, str]:
        """Return the environment of a host."""
        return {
            **os.environ,
            "AzureWebJobsStorage": self.storage,
            "DOCUMENTS": "sqlite",
            "NIGHTSHIFT_HOME": str(self.folder),
            "NIGHTSHIFT_SQLITE": self.database.name,
            "NIGHTSHIFT_LOG_LEVEL": "WARNING",
            "CHORES_QUEUE": self.queue,
            "CHORES_CLAIM_SECONDS": str(self.claim_seconds),
            "CHORES_RUNNING": str(self.running),
            **self.settings,
        }


class Worker:
    """A devhost process that is started again whenever it has died."""

    def __init__(self, place: Place, number: int) -> None:
        self._place = place
        self._number = number
        self.deaths = 0
        self._process = self._start()

    @property
    def pid(self) -> int:
        """The process that lives now."""
        return self._process.pid

    def working_on(self) -> set[str]:
        """Return the jobs whose handlers run in it now, each of them claimed."""
        folder = self._place.running / str(self._process.pid)
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def kill(self) -> set[str]:
        """Kill it with SIGKILL and start another; return the jobs whose handlers were interrupted."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        interrupted = self.working_on()
        self._process = self._start()
        return interrupted

    def revive(self) -> bool:
        """Start another if it has died by itself; return whether it had."""
        if self._process.poll() is None:
            return False
        self.deaths += 1
        self._process = self._start()
        return True

    def stop(self) -> None:
        """Kill it for good."""
        self._process.kill()
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        visibility = str(self._place.visibility_seconds)
        with (self._place.folder / f"host-{self._number}.log").open("ab") as log:
            return subprocess.Popen(
                (sys.executable, "-m", "devhost", "--root", str(self._place.app), "--receive-visibility", visibility),
                cwd=PROJECT, env=self._place.environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip


async def kill_a_busy_one(
    workers: Sequence[Worker], dice: random.Random, within_seconds: float, doing: str = ""
) -> set[str]:
    """Kill a host that works on something, at some moment `within_seconds`; return the jobs that it worked on.

    With `doing` it works at least on one job whose name begins so.
    """

    def busy() -> list[Worker]:
        return [worker for worker in workers if any(name.startswith(doing) for name in worker.working_on())]

    while True:
        await until(lambda: bool(busy()), f"a host that is busy with {doing or 'anything'}")
        await asyncio.sleep(dice.uniform(0, within_seconds))
        if (found := busy()) and (interrupted := dice.choice(found).kill()):
            return interrupted
