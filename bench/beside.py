"""Benchmark of throughput beside peers: how fast are the same jobs in Celery, Dramatiq and Huey on Redis?"""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import processes, redis_server
from bench.measuring import Measure, Result, Run, Skipped

COUNTS = {0: 1000, 50: 500}
"""How many jobs of how many milliseconds."""
AT_ONCE = 32
ENVIRONMENT = Path(__file__).resolve().parents[1] / ".venv-peers/bin"
_PASSING_ON = {"PYTHONPATH": ".", "PYTHONUNBUFFERED": "1"}
"""A worker's parent hands on at once what its children print."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A task queue: its `name`, and how its worker is started in one process with 32 threads."""

    name: str
    worker: Sequence[str]


PEERS = (
    Peer(
        "celery",
        ("celery", "-A", "bench.peers.celery_peer", "worker", "-P", "threads", "-c", str(AT_ONCE), "-l", "ERROR",
         "--without-gossip", "--without-mingle"),
    ),
    Peer("dramatiq", ("dramatiq", "bench.peers.dramatiq_peer", "--processes", "1", "--threads", str(AT_ONCE))),
    Peer("huey", ("huey_consumer", "bench.peers.huey_peer.huey", "-w", str(AT_ONCE), "-k", "thread", "-q")),
)  # fmt: skip


def measure(runs: int) -> Result:
    """Drain the same jobs through Nightshift and its peers in each run. Raises Skipped without Redis."""
    if not redis_server.installed():
        raise Skipped("there is no redis-server (Debian and Ubuntu: apt-get install redis-server)")
    if not (ENVIRONMENT / "python").exists():
        raise Skipped("the peers aren't installed; ./scripts/bench installs them")
    with redis_server.running() as redis:
        found = [_run(redis, number) for number in range(runs)]
    return Result(
        "peers",
        f"{COUNTS[0]} no-op jobs and {COUNTS[50]} jobs of 50 ms, {AT_ONCE} at once in one worker process: Nightshift "
        "through devhost on Azurite, with a record for each job in SQLite in memory; Celery (threads, late "
        "acknowledgement), Dramatiq and Huey on Redis without persistence, with no results kept. CPU is that of the "
        "worker process.",
        "none set",
        tuple(_measures()),
        found,
        note="The peers are faster here, by what their brokers cost: Redis answers from memory over a binary protocol, "
        "several commands in a round trip, and keeps nothing on disk; a storage queue takes an HTTP request to receive "
        "a page and one more to delete each message, and Azurite, the emulator, spends more CPU on them than the "
        "worker does. They keep no record of a job either, so they can't tell a duplicate, show a timeline, or find "
        "what a cleared queue lost. Of 50 ms jobs the host holds at most 32, and fetches a page only once half of "
        "them are done.",
    )


def _measures() -> Iterator[Measure]:
    for ms, count in COUNTS.items():
        kind = f"{count} jobs of {ms} ms" if ms else f"{count} no-op jobs"
        for name in ("nightshift", *(peer.name for peer in PEERS)):
            yield Measure(f"{name}_{ms}_per_second", "jobs/s", f"{name}, {kind}")
            yield Measure(f"{name}_{ms}_cpu", "ms", f"{name}, {kind}: CPU a job")


def _run(redis: str, number: int) -> Run:
    found: dict[str, float] = {}
    for ms, count in COUNTS.items():
        drains = {peer.name: _drain_peer(peer, redis, count, ms) for peer in PEERS[:: 1 if number % 2 else -1]}
        drains["nightshift"] = _drain_nightshift(count, ms)
        for name, drained in drains.items():
            found[f"{name}_{ms}_per_second"] = (count - 1) / (drained.last - drained.first)
            found[f"{name}_{ms}_cpu"] = drained.cpu_seconds / (count - 1) * 1000
    return found


def _drain_nightshift(count: int, ms: int) -> processes.Drained:
    queue = f"bench-peers-{secrets.token_hex(4)}"
    processes.fill(queue, count, takes_ms=ms)
    return processes.devhost(queue, count)


def _drain_peer(peer: Peer, redis: str, count: int, ms: int) -> processes.Drained:
    settings = {
        "PEERS_REDIS": redis,
        "PEERS_QUEUE": f"{peer.name}-{secrets.token_hex(4)}",
        "BENCH_COUNT": str(count),
        "BENCH_TAKES_MS": str(ms),
    }
    subprocess.run(
        [ENVIRONMENT / "python", "-m", "bench.peers.fill", f"bench.peers.{peer.name}_peer"],
        cwd=processes.PROJECT, env={**os.environ, **settings}, check=True,
    )  # fmt: skip
    program, *arguments = peer.worker
    return processes.drain([str(ENVIRONMENT / program), *arguments], count, {**settings, **_PASSING_ON})
