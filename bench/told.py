"""How does a measured process tell how far it is? On stdout, for bench/processes.py."""

from __future__ import annotations

import time


def tell(seen: int) -> None:
    """Print how many messages were seen, the time (of the clock that processes share), and the own CPU time."""
    print(f"bench {seen} {time.monotonic()} {time.process_time()}", flush=True)
