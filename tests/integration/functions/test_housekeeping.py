"""Does each housekeeping timer of the app do its work, and leave its heartbeat? Each is called through the real app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from processors.catalogue import housekeeping
from shared.config import Settings
from tests.azurite import PROJECT, Azurite
from tests.patience import LIMIT_SECONDS

_CALLED = """
import asyncio, json
from pathlib import Path
from devhost import indexing
from processors.catalogue import housekeeping
from shared import heartbeats
from shared.config import settings
from shared.jobs.worker import runtime
from operations import storage
from operations.actor import EVERYTHING, ROLES, Actor

async def call():
    services = runtime().services
    await storage.prepare(services, Actor("test", frozenset(ROLES), frozenset({EVERYTHING})))
    names = {timer.name for timer in housekeeping(settings())}
    for function in indexing.index(Path.cwd()):
        if function.name in names:
            await function.call(None)
    beats = await heartbeats.all_of(services.documents)
    await services.close()
    return {name: beat for name, beat in beats.items() if not name.startswith("worker:")}

print(json.dumps(asyncio.run(call())))
"""


def test_each_housekeeping_timer_works_and_leaves_its_heartbeat(azurite: Azurite, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "AzureWebJobsStorage": azurite.connection_string,
        "NIGHTSHIFT_HOME": str(tmp_path),
    }

    done = subprocess.run(
        [sys.executable, "-c", _CALLED], capture_output=True, text=True, cwd=PROJECT, env=environment,
        timeout=LIMIT_SECONDS,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    beats = json.loads(done.stdout.splitlines()[-1])
    assert set(beats) == {timer.name for timer in housekeeping(Settings())}
    assert {name: beat.get("lastError") for name, beat in beats.items()} == dict.fromkeys(beats)
    assert all("lastSuccess" in beat for beat in beats.values())
