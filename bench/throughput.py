"""Benchmark of throughput: jobs a second through the development host, beside a loop that only receives and deletes."""

from __future__ import annotations

import secrets

from bench import processes
from bench.measuring import Measure, Result, Run

JOBS = 1000


def measure(runs: int) -> Result:
    """Drain two queues of one Azurite in each run, now the one first, now the other."""
    return Result(
        "throughput",
        f"{JOBS} recorded no-op jobs through `python -m devhost` (a process of its own, documents in memory) against a "
        "process that receives and deletes as many messages, with the same page size and concurrency, on the same "
        "Azurite in the same run.",
        "a ratio of at least 0.8",
        (
            Measure("devhost_per_second", "jobs/s", "through devhost and the queue runtime"),
            Measure("bare_per_second", "messages/s", "bare receive-and-delete loop"),
            Measure("ratio", "", "ratio of the two"),
            Measure("devhost_cpu_ms", "ms", "CPU of the host's process a job"),
            Measure("bare_cpu_ms", "ms", "CPU of the bare loop's process a message"),
        ),
        [_run(number) for number in range(runs)],
    )


def _run(number: int) -> Run:
    drains = {"devhost": processes.devhost, "bare": processes.bare_loop}
    found = {}
    for name in sorted(drains, reverse=bool(number % 2)):
        queue = f"bench-{name}-{secrets.token_hex(4)}"
        processes.fill(queue, JOBS)
        found[name] = drains[name](queue, JOBS)
    speed = {name: JOBS / (drained.last - drained.first) for name, drained in found.items()}
    return {
        "devhost_per_second": speed["devhost"],
        "bare_per_second": speed["bare"],
        "ratio": speed["devhost"] / speed["bare"],
        "devhost_cpu_ms": found["devhost"].cpu_seconds / JOBS * 1000,
        "bare_cpu_ms": found["bare"].cpu_seconds / JOBS * 1000,
    }
