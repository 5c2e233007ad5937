"""Progress of a measured process: lines on stdout that bench/processes.py reads."""

from __future__ import annotations

import time


def tell(seen: int) -> None:
    """Print how many messages were seen, the time (of the clock that processes share), and the own CPU time."""
    print(f"bench {seen} {time.monotonic()} {time.process_time()}", flush=True)
