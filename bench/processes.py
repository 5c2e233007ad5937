"""Measured processes: how is a queue filled, and how long does a process take to drain it?"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from azure.storage.queue.aio import QueueClient

from bench import noop

FOLDER = Path(__file__).resolve().parent
PROJECT = FOLDER.parent
STORAGE = "AzureWebJobsStorage"
_AT_ONCE = 32
_LIMIT_SECONDS = 120
_LINES_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Drained:
    """When a process was started, saw its first message and its last one (seconds of one clock); its CPU between."""

    started: float
    first: float
    last: float
    cpu_seconds: float


def fill(queue: str, count: int, takes_ms: int = 0) -> None:
    """Make the queue and put `count` jobs into it that do nothing for `takes_ms` milliseconds."""
    asyncio.run(_fill(queue, noop.bodies(count, takes_ms)))


def devhost(queue: str, count: int) -> Drained:
    """Drain the queue through the development host, the queue runtime, and documents in memory."""
    return _drain_queue(("-m", "devhost", "--root", str(FOLDER / "app")), queue, count)


def bare_loop(queue: str, count: int) -> Drained:
    """Drain the queue with the least that receives and deletes."""
    return _drain_queue(("-m", "bench.bare_loop", queue, str(count)), queue, count)


def _drain_queue(arguments: Sequence[str], queue: str, count: int) -> Drained:
    settings = {
        noop.QUEUE_SETTING: queue,
        noop.COUNT_SETTING: str(count),
        "DOCUMENTS": "sqlite",
        "NIGHTSHIFT_SQLITE": ":memory:",
    }
    return drain([sys.executable, *arguments], count, settings)


def drain(command: Sequence[str], count: int, settings: Mapping[str, str]) -> Drained:
    """Run a process with `settings` until it tells of its job number `count`."""
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,  # where some hand on what their workers print
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    seen: dict[int, tuple[float, float]] = {}
    other: deque[str] = deque(maxlen=_LINES_SHOWN)
    # Some start processes of their own, which would keep the pipe open.
    watchdog = threading.Timer(_LIMIT_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    watchdog.start()
    try:
        for line in process.stdout:
            if line.startswith("bench "):
                _, number, at, cpu_seconds = line.split()
                seen[int(number)] = float(at), float(cpu_seconds)
                if int(number) == count:
                    break
            else:
                other.append(line)
    finally:
        watchdog.cancel()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    if count not in seen:
        raise SystemExit(
            f"{' '.join(command)} saw {len(seen)} of {count} messages in {time.monotonic() - started:.0f} s. "
            f"The end of what it said:\n{''.join(other)}"
        )
    (first, cpu_before), (last, cpu_after) = seen[1], seen[count]
    return Drained(started, first, last, cpu_after - cpu_before)


async def _fill(queue: str, bodies: Sequence[str]) -> None:
    async with QueueClient.from_connection_string(os.environ[STORAGE], queue) as client:
        await client.create_queue()
        for start in range(0, len(bodies), _AT_ONCE):
            batch = bodies[start : start + _AT_ONCE]
            await asyncio.gather(*(client.send_message(body, time_to_live=-1) for body in batch))
