"""Benchmark of the command line: how long does a command take that has next to nothing to do?"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.measuring import Measure, Result, Run
from shared.config import OF_AZURE

_PROJECT_FOLDER = Path(__file__).resolve().parents[1]
_STARTS_A_RUN = 5
_COMMANDS = {
    "version": ("--version",),
    "help": ("--help",),
    "jobs": ("jobs", "list"),
    "gates": ("gates", "list"),
    "schedule": ("schedule",),
    "status": ("status",),
}
"""What is typed, by the name of its measure."""
_WITHOUT_STORAGE = _COMMANDS["status"]
"""It says that the storage isn't there, and exits with 1."""
_NO_STORAGE = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;QueueEndpoint=http://127.0.0.1:1/a;"
_NOT_OF_A_LAPTOP = (*OF_AZURE, "PYTHONDONTWRITEBYTECODE")


def measure(runs: int) -> Result:
    """Type each command on an empty store, in fresh processes."""
    return Result(
        "commands",
        "`nightshift COMMAND` in fresh processes on an empty SQLite store and without a storage account, "
        f"{_STARTS_A_RUN} of each a run (their median), from starting the process to its end. The last row is the "
        "slowest one's processor time, which tells nearly the same on a machine that is busy with other work.",
        "at most 0.5 s each",
        (
            *(Measure(name, "s", f"`{' '.join(words)}`") for name, words in _COMMANDS.items()),
            Measure("cpu_seconds", "s", "processor time of the slowest of them"),
        ),
        [_run() for _ in range(runs)],
    )


def _run() -> Run:
    with tempfile.TemporaryDirectory(prefix="nightshift-bench-") as home:
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_OF_A_LAPTOP}
        environment |= {
            "NIGHTSHIFT_HOME": home,
            "PYTHONPYCACHEPREFIX": f"{home}/bytecode",
            "DOCUMENTS": "sqlite",
            "AzureWebJobsStorage": _NO_STORAGE,
        }
        for words in _COMMANDS.values():
            _typed(words, environment)  # so that bytecode is there, as it is on a laptop
        found = {name: [_typed(words, environment) for _ in range(_STARTS_A_RUN)] for name, words in _COMMANDS.items()}
    seconds = {name: statistics.median(wall for wall, _ in starts) for name, starts in found.items()}
    return {**seconds, "cpu_seconds": max(statistics.median(cpu for _, cpu in starts) for starts in found.values())}


def _typed(words: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds that a command took: of the wall, and of the processor."""
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words], cwd=_PROJECT_FOLDER, env=environment, check=False, capture_output=True
    )
    if done.returncode != (1 if words == _WITHOUT_STORAGE else 0):
        raise RuntimeError(f"{' '.join(words)} said: {done.stderr.decode()}")
    wall, after = time.perf_counter() - began, os.times()
    spent = after.children_user - before.children_user + after.children_system - before.children_system
    return wall, spent
