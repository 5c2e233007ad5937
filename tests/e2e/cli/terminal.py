"""How does a test type a command? In a real process, with a home and queues of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processors.catalogue import run_definitions
from shared.config import Settings
from tests.azurite import PROJECT

COMMAND_LIMIT_SECONDS = 60.0
HOST_LIMIT_SECONDS = 60.0
SAMPLE = PROJECT / "sample"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return the one JSON document on stdout."""
        return json.loads(self.out)


class Terminal:
    """Somebody's terminal: a home folder, a storage account, and nothing else of the machine's settings."""

    def __init__(
        self, folder: Path, storage: str, queue: str, bytecode: Path, *, module: str = "cli", app: Path = PROJECT
    ) -> None:
        self.folder = folder
        self._module = module
        self._app = app
        folder.mkdir(parents=True, exist_ok=True)
        self.environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPYCACHEPREFIX": str(bytecode),
            "AzureWebJobsStorage": storage,
            "NIGHTSHIFT_SETTINGS": str(folder),
            "NIGHTSHIFT_HOME": str(folder / "home"),
            "TASTE_JOB_QUEUE_NAME": queue,
            "RUN_QUEUE_NAME": f"runs-of-{queue}",
            "SCRAPE_QUEUE_NAME": f"scrape-of-{queue}",
            "MOOD_QUEUE_NAME": f"moods-of-{queue}",
            "DIGEST_QUEUE_NAME": f"digests-of-{queue}",
            "PICKUP_RATE_QUEUE_NAME": f"rates-of-{queue}",
            "CALL_EVENTS_QUEUE_NAME": f"calls-of-{queue}",
            "NOTIFICATION_QUEUE_NAME": f"notices-of-{queue}",
            "FUNCTIONS_WORKER_RUNTIME": "python",
            # One of them fires each five minutes: no test is to meet its job by chance.
            **{f"AzureWebJobs.{one.timer}.Disabled": "true" for one in run_definitions(Settings())},
        }

    def run(self, *arguments: str, stdin: str | bytes = b"", without: tuple[str, ...] = (), **environ: str) -> Said:
        """Run `nightshift` with these arguments; `without` names settings that are left out."""
        settings = {name: value for name, value in self.environ.items() if name not in without}
        done = subprocess.run(
            [sys.executable, "-m", self._module, *arguments],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=PROJECT,
            env={**settings, **environ},
            timeout=COMMAND_LIMIT_SECONDS,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin `nightshift` with these arguments; return the process, whose stdout is to be read."""
        return subprocess.Popen(
            [sys.executable, "-m", self._module, *arguments], cwd=PROJECT, env=self.environ, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )  # fmt: skip

    def write(self, name: str, *lines: str) -> Path:
        """Write a file of these lines; return its path."""
        path = self.folder / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    @contextmanager
    def host(self) -> Iterator[None]:
        """Run the development host on this terminal's settings inside the block."""
        log = self.folder / "host.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "devhost", "--root", str(self._app)],
                cwd=PROJECT, env=self.environ, stdout=output, stderr=output,
            )  # fmt: skip
        try:
            deadline = time.monotonic() + HOST_LIMIT_SECONDS
            while "devhost ready" not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(timeout=HOST_LIMIT_SECONDS)
