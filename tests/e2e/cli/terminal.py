"""How does a test type a command? In a process of its own, a fork, with a home and queues of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo import commands
from processors.catalogue import run_definitions
from shared.config import Settings
from tests.azurite import PROJECT
from tests.patience import LIMIT_SECONDS, wait_until

SAMPLE = PROJECT / "sample"
_LIMIT_SECONDS = 2 * LIMIT_SECONDS
PATIENCE = f"{LIMIT_SECONDS:g}"
"""What --timeout gets of a test that waits for an end."""


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
    """Somebody's terminal: a home folder, a storage account, and nothing else of the machine's settings.

    Its commands are forks of one process that has imported `nightshift`; with `module` each is a new Python.
    """

    def __init__(
        self, folder: Path, storage: str, queue: str, bytecode: Path, *, module: str | None = None, app: Path = PROJECT
    ) -> None:
        self.folder = folder
        self._module = module
        self._app = app
        folder.mkdir(parents=True, exist_ok=True)
        self.environ = {
            "PATH": os.environ["PATH"],
            "AzureWebJobsDisableHomepage": "true",
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
            "ALERT_QUEUE_NAME": f"alert-rules-of-{queue}",
            "NOTIFICATION_QUEUE_NAME": f"notices-of-{queue}",
            "FUNCTIONS_WORKER_RUNTIME": "python",
            # One of them fires each five minutes: no test is to meet its job by chance.
            **{f"AzureWebJobs.{one.timer}.Disabled": "true" for one in run_definitions(Settings())},
        }

    def run(self, *arguments: str, stdin: str | bytes = b"", without: tuple[str, ...] = (), **environ: str) -> Said:
        """Run `nightshift` with these arguments; `without` names settings that are left out."""
        settings = {name: value for name, value in self.environ.items() if name not in without}
        typed = stdin.encode() if isinstance(stdin, str) else stdin
        if self._module is not None:
            command = [sys.executable, "-m", self._module, *arguments]
            ended = subprocess.run(
                command,
                input=typed,
                capture_output=True,
                cwd=PROJECT,
                env={**settings, **environ},
                timeout=_LIMIT_SECONDS,
            )
            return Said(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
        done = commands.ask(arguments, {**settings, **environ}, stdin=typed, limit_seconds=_LIMIT_SECONDS)
        return Said(done.code, done.out.decode(), done.err.decode())

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin `nightshift` with these arguments; return the process, whose stdout is to be read."""
        return subprocess.Popen(
            [sys.executable, "-m", self._module or "cli", *arguments], cwd=PROJECT, env=self.environ, text=True,
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
            wait_until(lambda: "devhost ready" in log.read_text() or process.poll() is not None, log.read_text)
            assert process.poll() is None, log.read_text()
            yield
        finally:
            process.terminate()
            process.wait(timeout=LIMIT_SECONDS)
