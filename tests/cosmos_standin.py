"""Where do tests get a Cosmos DB? From a stand-in on a free port, which forgets all when it ends.

It is the npm package @vercel/cosmosdb-server: it treats items, ETags and queries as the service does, but neither
expires documents nor enforces keys, throughput or consistency.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.azurite import PROJECT, node_program
from tests.patience import LIMIT_SECONDS

LAUNCHER = PROJECT / "tests" / "cosmos_standin.cjs"
PACKAGE = PROJECT / "node_modules" / "@vercel" / "cosmosdb-server"
KEY = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
"""The key of every Cosmos DB emulator, published in its manual. The stand-in takes any."""

_READY = re.compile(r"ready on (http://\S+)")


class StandInMissing(Exception):
    """The stand-in isn't installed."""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run a stand-in, with its log in `folder`, inside the block; yield its endpoint. Raises StandInMissing."""
    if not PACKAGE.exists():
        raise StandInMissing(f"{PACKAGE.relative_to(PROJECT)} is missing. Run ./scripts/setup")
    log = folder / "cosmos-standin.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [node_program(), str(LAUNCHER)], cwd=PROJECT, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield _wait_until_ready(process, log)
    finally:
        process.terminate()
        process.wait(timeout=LIMIT_SECONDS)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := _READY.search(log.read_text()):
            return found[1]
        time.sleep(0.02)
    raise RuntimeError(f"The Cosmos DB stand-in didn't start within {LIMIT_SECONDS:g} s:\n{log.read_text()}")
