"""Does a worker process look at its needs when it is in Azure, and only there?"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.azurite import PROJECT
from tests.patience import LIMIT_SECONDS

OPEN_AND_TELL = """
import asyncio
from shared.jobs.worker import runtime

async def main():
    runtime()
    runtime()
    print(sorted(task.get_coro().__name__ for task in asyncio.all_tasks() - {asyncio.current_task()}))
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()

asyncio.run(main())
"""
SETTINGS = {
    "AzureWebJobsStorage__accountName": "acct",
    "DOCUMENTS": "cosmos",
    "COSMOS_ENDPOINT": "https://acct.documents.azure.com:443/",
}


@pytest.mark.parametrize(
    ("where", "goes_on"),
    [({"WEBSITE_POD_NAME": "pod-1"}, "['beat_on', 'look_once']"), ({}, "['beat_on']")],
    ids=["in Azure", "on a laptop"],
)
def test_a_worker_looks_once_beside_its_work_in_azure_only(where: dict[str, str], goes_on: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPEN_AND_TELL],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **SETTINGS, **where},
        timeout=LIMIT_SECONDS,
    )

    assert done.stdout.strip() == goes_on, done.stderr
