"""Surroundings: how run, queues and processes stood when something was found. Pure."""

from __future__ import annotations

from datetime import datetime

from processors.health import depth
from processors.health.check import Unknown
from processors.health.runs import SeenRun, status_of
from processors.health.seen import Seen
from shared.jobs.worker_heartbeats import HostSeen
from shared.lengths import length


def lines(seen: Seen, scope: str) -> list[str]:
    """Return what is told beside a finding: the run's status, its queue, and the processes that are there."""
    kind, _, rest = scope.partition(":")
    name = rest.partition(":")[0]
    run = next((one for one in seen.runs if kind == "run" and one.name == name), None)
    queue = run.queue if run else name if kind == "queue" else None
    return [_run(seen, run), _queue(seen, queue), processes(seen.host, seen.at)]


def processes(host: HostSeen, now: datetime) -> str:
    """Return in words which processes are there."""
    if host.last is None:
        return "Processes: no host was ever seen."
    workers = f"{host.workers} worker process{'es' * (host.workers != 1)}"
    return f"Processes: {workers}; a host was last seen {length(now - host.last)} ago."


def _run(seen: Seen, run: SeenRun | None) -> str:
    if run is not None:
        return f"Run: {status_of(run.entries[0])}." if run.entries else f"Run: none of {run.name} is in the ledger."
    under_way = [entry.id for one in seen.runs for entry in one.entries if not entry.ended]
    return f"Runs under way: {', '.join(under_way) or 'none'}."


def _queue(seen: Seen, queue: str | None) -> str:
    if queue is not None:
        poison = next((one.poison for one in seen.queues if one.name == queue), "")
        return f"Queue {queue}: {_held(seen, queue)}; its poison queue: {_held(seen, poison)}."
    full = {one.name: held for one in seen.queues if isinstance(held := seen.depths[one.name], int) and held}
    told = ", ".join(f"{name} {held}" for name, held in full.items())
    return f"Queues: {told or 'all are empty, or unknown'}."


def _held(seen: Seen, queue: str) -> str:
    held = seen.depths.get(queue, Unknown(""))
    return "can't be asked" if isinstance(held, Unknown) else depth.held(held)
