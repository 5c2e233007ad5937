"""Puts a peer's jobs into its queue: `python -m bench.peers.fill bench.peers.huey_peer`"""

from __future__ import annotations

import importlib
import sys

from bench.peers import jobs

if __name__ == "__main__":
    put = importlib.import_module(sys.argv[1]).put
    for number in range(jobs.COUNT):
        put(f"job-{number:06}", jobs.TEXT)
