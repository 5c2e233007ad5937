"""Benchmark of CPU per message: how much does the queue runtime itself take?"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from typing import cast

from bench import noop
from bench.measuring import Measure, Result, Run
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.services import Services

MESSAGES = 5000
_WARM_UP = 500
_QUEUE = "bench"


def measure(runs: int) -> Result:
    """Run recorded no-op jobs on queues and documents in memory."""
    return Result(
        "cpu",
        f"{MESSAGES} recorded no-op jobs on the in-memory transport, documents in SQLite in memory: receive, the whole "
        "pipeline (decode, look up, claim, handle, complete: one read and two writes), delete. CPU time of the "
        "process, without log events and with them (JSON lines to /dev/null).",
        "at most 0.2 ms",
        (
            Measure("ms", "ms", "own CPU a message"),
            Measure("logging_ms", "ms", "with one log event a message"),
        ),
        [_run() for _ in range(runs)],
    )


def _run() -> Run:
    from shared import telemetry

    settings = Settings()
    with open("/dev/null", "w") as nowhere:  # noqa: PTH123 - a device, not a path of ours
        root = logging.getLogger(telemetry.ROOT)
        root.handlers.clear()
        telemetry.configure(settings, nowhere)
        logged = asyncio.run(_cpu_ms(settings))
        root.setLevel(logging.WARNING)
        quiet = asyncio.run(_cpu_ms(settings))
        root.handlers.clear()
    return {"ms": quiet, "logging_ms": logged}


async def _cpu_ms(settings: Settings) -> float:
    queues, documents = MemoryQueues(), SqliteDocuments(":memory:")
    await queues.ensure(_QUEUE)
    runtime = Runtime(Services(settings, documents, queues, cast(Blobs, None)))
    kind = noop.kind_with(_QUEUE)
    for body in noop.bodies(_WARM_UP + MESSAGES):
        queues.put(_QUEUE, body.encode())
    gc.collect()
    began = 0.0
    for number in range(_WARM_UP + MESSAGES):
        if number == _WARM_UP:
            began = time.process_time()
        delivery = queues.receive(_QUEUE)
        assert delivery is not None
        await runtime.deliver(kind, delivery)
        queues.delete(delivery)
    spent = time.process_time() - began
    await documents.close()
    return spent / MESSAGES * 1000
