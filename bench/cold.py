"""Benchmark of cold start: how long from the start of the process to its first no-op job completed?"""

from __future__ import annotations

import secrets

from bench import processes
from bench.measuring import Measure, Result, Run


def measure(runs: int) -> Result:
    """Start the host, and a bare loop, on a queue that holds one message."""
    return Result(
        "cold",
        "From starting the process to its first message handled: `python -m devhost` with the no-op job, and the bare "
        "receive-and-delete loop, which imports the same Azure SDK.",
        "none set",
        (
            Measure("devhost_seconds", "s", "devhost: process start to the first no-op job"),
            Measure("bare_seconds", "s", "bare loop: process start to the first message"),
            Measure("ratio", "", "ratio of the two"),
        ),
        [_run() for _ in range(runs)],
    )


def _run() -> Run:
    seconds = {}
    for name, drain in (("devhost", processes.devhost), ("bare", processes.bare_loop)):
        queue = f"bench-cold-{secrets.token_hex(4)}"
        processes.fill(queue, 1)
        drained = drain(queue, 1)
        seconds[name] = drained.last - drained.started
    return {
        "devhost_seconds": seconds["devhost"],
        "bare_seconds": seconds["bare"],
        "ratio": seconds["devhost"] / seconds["bare"],
    }
