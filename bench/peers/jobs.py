"""Job of a peer: what it does, and where it reports how far it is.

The same as bench/noop.py: nothing, or a pause of some milliseconds; the first and the last job tell when they ended.
"""

from __future__ import annotations

import os
import threading
import time

from bench import told

REDIS = os.environ["PEERS_REDIS"]
NAME = os.environ["PEERS_QUEUE"]
COUNT = int(os.environ["BENCH_COUNT"])
TAKES_SECONDS = float(os.environ["BENCH_TAKES_MS"]) / 1000
TEXT = "x" * 100

_seen = 0
_one_counts = threading.Lock()


def do() -> None:
    """Do one job."""
    global _seen
    if TAKES_SECONDS:
        time.sleep(TAKES_SECONDS)
    with _one_counts:
        _seen += 1
        if _seen in (1, COUNT):
            told.tell(_seen)
