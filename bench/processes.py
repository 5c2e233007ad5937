"""How is a queue filled, and how long does a process take to drain it?"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from azure.storage.queue.aio import QueueClient

from bench import noop

FOLDER = Path(__file__).resolve().parent
STORAGE = "AzureWebJobsStorage"
_AT_ONCE = 32
_LIMIT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Drained:
    """When a process was started, saw its first message and its last one (seconds of one clock); its CPU between."""

    started: float
    first: float
    last: float
    cpu_seconds: float


def fill(queue: str, count: int) -> None:
    """Make the queue and put `count` no-op jobs into it."""
    asyncio.run(_fill(queue, count))


def devhost(queue: str, count: int) -> Drained:
    """Drain the queue through the development host, the queue runtime, and documents in memory."""
    return _drain(("-m", "devhost", "--root", str(FOLDER / "app")), queue, count)


def bare_loop(queue: str, count: int) -> Drained:
    """Drain the queue with the least that receives and deletes."""
    return _drain(("-m", "bench.bare_loop", queue, str(count)), queue, count)


def _drain(arguments: Sequence[str], queue: str, count: int) -> Drained:
    settings = {noop.QUEUE_SETTING: queue, noop.COUNT_SETTING: str(count), "NIGHTSHIFT_SQLITE": ":memory:"}
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=FOLDER.parent,
        env={**os.environ, "DOCUMENTS": "sqlite", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    seen: dict[int, tuple[float, float]] = {}
    try:
        for line in process.stdout:
            if line.startswith("bench "):
                _, number, at, cpu_seconds = line.split()
                seen[int(number)] = float(at), float(cpu_seconds)
                if int(number) == count:
                    break
    finally:
        process.terminate()
        process.communicate(timeout=_LIMIT_SECONDS)
    if count not in seen:
        raise SystemExit(f"{' '.join(arguments)} ended before it saw {count} messages.")
    (first, cpu_before), (last, cpu_after) = seen[1], seen[count]
    return Drained(started, first, last, cpu_after - cpu_before)


async def _fill(queue: str, count: int) -> None:
    async with QueueClient.from_connection_string(os.environ[STORAGE], queue) as client:
        await client.create_queue()
        bodies = noop.bodies(count)
        for start in range(0, count, _AT_ONCE):
            batch = bodies[start : start + _AT_ONCE]
            await asyncio.gather(*(client.send_message(body, time_to_live=-1) for body in batch))
