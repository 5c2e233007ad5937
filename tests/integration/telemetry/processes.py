"""A process that handles one message as a worker does, with its own settings, and ends."""

from __future__ import annotations

import os
import subprocess
import sys

from shared.config import PROJECT_FOLDER
from tests.azurite import Azurite
from tests.patience import LIMIT_SECONDS

HANDLE_ONE = """
import asyncio, json, sys
from bench import noop
from shared.jobs import worker

class Message:
    id, dequeue_count, insertion_time, pop_receipt = "1", 1, None, ""
    def get_body(self):
        members = json.loads(noop.bodies(1)[0])
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        return json.dumps({**members, "traceparent": trace}).encode()

asyncio.run(worker.deliver(lambda settings: noop.kind_with("any"), Message()))
print(json.dumps(sorted(sys.modules)))
"""


def handled_one(azurite: Azurite, **told: str) -> subprocess.CompletedProcess[str]:
    """Handle one no-op job in a new process with these settings; stdout is a JSON list of the modules it imported."""
    done = subprocess.run(
        [sys.executable, "-c", HANDLE_ONE],
        capture_output=True,
        text=True,
        cwd=PROJECT_FOLDER,
        env={
            "PATH": os.environ["PATH"],
            "AzureWebJobsStorage": azurite.connection_string,
            "NIGHTSHIFT_SQLITE": ":memory:",
            **told,
        },
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done
