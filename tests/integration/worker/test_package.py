"""Does what scripts/package makes run where there is nothing else? Unpacked beside an empty Python, it serves.

The packages come from the index, or from the installer's cache; the test needs Linux and Python 3.13, as Azure has.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueClient

from infra.package import APP, SITE_PACKAGES, VENDORED
from shared import settings_reference
from shared.blobs.containers import WARDROBE_IMAGES
from shared.documents.containers import JOBS
from shared.documents.sqlite import SqliteDocuments
from tests.azurite import PROJECT, Azurite
from tests.patience import LIMIT_SECONDS, until

pytestmark = pytest.mark.minutes
if (platform.system(), platform.machine(), sys.version_info[:2]) != ("Linux", "x86_64", (3, 13)):
    pytest.skip("the package is for Linux and Python 3.13", allow_module_level=True)
if importlib.util.find_spec("azure_functions_runtime") is None and not os.environ.get("CI"):
    pytest.skip("azure-functions-runtime isn't installed: run ./scripts/setup", allow_module_level=True)

LIVE = "/api/v1/health/live"
NOT_NEEDED = ("cli", "demo", "bench", "devhost", "tests", "docs", "infra", "scripts")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A package in a folder, and a Python that has no packages of its own."""

    file: Path
    folder: Path
    python: Path

    def environ(self, *before: Path, **settings: str) -> dict[str, str]:
        """Return the environment of a process that finds the package, and what is in folders before it."""
        path = [*before, self.folder, self.folder / SITE_PACKAGES]
        return {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(map(str, path)), **settings}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Unpacked:
    """The package of the project as it is."""
    work = tmp_path_factory.mktemp("package")
    file = packed(work / "nightshift.zip")
    with zipfile.ZipFile(file) as archive:
        archive.extractall(work / "app")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(work / "python")], check=True)
    return Unpacked(file, work / "app", work / "python/bin/python")


def test_the_same_commit_gives_the_same_bytes(unpacked: Unpacked, tmp_path: Path) -> None:
    assert digest(packed(tmp_path / "again.zip")) == digest(unpacked.file)


def test_only_what_runs_is_in_it(unpacked: Unpacked) -> None:
    there = {one.name for one in unpacked.folder.iterdir()}

    assert there == {*APP, SITE_PACKAGES.parts[0]}
    assert not {*NOT_NEEDED, "rich", "typer", "pytest"} & {
        one.name for one in (unpacked.folder / SITE_PACKAGES).iterdir()
    }
    assert (unpacked.folder / "api/static/docs.html").exists()
    assert (unpacked.folder / "processors/digest/templates/digest.html.j2").exists()


def test_what_others_made_for_the_console_is_in_it_with_its_licences(unpacked: Unpacked) -> None:
    there = {file.name for file in (unpacked.folder / VENDORED).iterdir()}

    assert there == {
        *("pico.classless.min.css", "pico.LICENSE.txt", "htmx.min.js", "htmx.LICENSE.txt"),
        *("uPlot.iife.min.js", "uPlot.min.css", "uPlot.LICENSE.txt"),
    }


async def test_productions_own_library_serves_it(unpacked: Unpacked, azurite: Azurite, tmp_path: Path) -> None:
    library = tmp_path / "library"
    for name in ("azure_functions_runtime", "azurefunctions"):
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.submodule_search_locations is not None
        shutil.copytree(next(iter(spec.submodule_search_locations)), library / name)
    settings = settings_of(azurite, tmp_path)
    queue = opened_queue(azurite, settings)
    body = like("by-library", uploaded(azurite))
    queue.send_message(body)
    message = queue.receive_message(visibility_timeout=600)
    assert message is not None
    assert message.inserted_on is not None
    times = {"InsertionTime": message.inserted_on.isoformat()}
    told = {"Id": message.id, "PopReceipt": message.pop_receipt, "DequeueCount": message.dequeue_count, **times}
    invocations = [
        {
            "function": "ProcessTasteAnalysisJob",
            "parameter": "message",
            "data": {"bytes": base64.b64encode(body.encode()).decode()},
            "metadata": told,
        },
        {"function": "HttpApi", "parameter": "req", "data": {"http": request()}},
    ]

    done = await asyncio.to_thread(
        subprocess.run,
        [str(unpacked.python), str(PROJECT / "tests/integration/worker/production_library.py")],
        input=json.dumps(invocations),
        cwd=unpacked.folder,
        env=unpacked.environ(library, **settings),
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
    )

    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert answer["indexed"] == "ok"
    assert (answer["results"][0], int(answer["results"][1]["status"])) == ("ok", 200)
    assert await state(tmp_path, "by-library") == "completed"


async def test_devhost_serves_it(unpacked: Unpacked, azurite: Azurite, tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "devhost", tmp_path / "host/devhost")
    settings = settings_of(azurite, tmp_path)
    opened_queue(azurite, settings).send_message(like("by-devhost", uploaded(azurite)))
    environ = unpacked.environ(tmp_path / "host", **settings, DEVHOST_PORT="0")

    with served(unpacked, environ, tmp_path) as output:
        await until(lambda: "devhost ready" in output.read_text(), "devhost ready")
        address = re.search(r"admin +(http://\S+)/admin/host/status", output.read_text())
        assert address is not None
        assert "live" in await fetched(address[1] + LIVE)
        page = await fetched(f"{address[1]}/console")
        assert "Pico CSS" in await fetched(address[1] + link_of(page, "pico.classless.min.css"))

        async def is_completed() -> bool:
            return await state(tmp_path, "by-devhost") == "completed"

        await until(is_completed, "the job done")


async def fetched(url: str) -> str:
    """Return what is at an address."""
    with await asyncio.to_thread(urllib.request.urlopen, url, timeout=LIMIT_SECONDS) as answer:
        return str(answer.read().decode())


def link_of(page: str, file: str) -> str:
    """Return where a page says that a file is."""
    found = re.search(rf'"(/console/[^"]*{re.escape(file)}[^"]*)"', page)
    assert found is not None
    return found[1]


def packed(to: Path) -> Path:
    """Make the package as a deployment does."""
    done = subprocess.run(
        ["./scripts/package", str(to)], cwd=PROJECT, capture_output=True, text=True, timeout=10 * LIMIT_SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return to


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def settings_of(azurite: Azurite, home: Path) -> dict[str, str]:
    """Return the settings of an app on this machine, with queues of its own."""
    own = uuid.uuid4().hex[:8]
    queues = {name: f"package-{own}-{queue}" for name, queue in settings_reference.queues().items()}
    return {
        **settings_reference.named_by_triggers(),
        **queues,
        "AzureWebJobsStorage": azurite.connection_string,
        "NIGHTSHIFT_HOME": str(home / "home"),
        "AUTH_MODE": "dev",
        "AZURE_FUNCTIONS_ENVIRONMENT": "Development",
    }


def opened_queue(azurite: Azurite, settings: dict[str, str]) -> QueueClient:
    """Make every queue of the settings, and return that of taste jobs."""
    made = {}
    for name in settings_reference.queues():
        made[name] = QueueClient.from_connection_string(azurite.connection_string, settings[name])
        made[name].create_queue()
    return made["TASTE_JOB_QUEUE_NAME"]


def like(job: str, picture: str) -> str:
    """Return a message of a like."""
    return json.dumps({"user_id": "ada", "item_id": job, "image_url": picture, "job_id": job})


def uploaded(azurite: Azurite) -> str:
    """Upload a sample picture, which the analyser then looks at; return its address."""
    with BlobServiceClient.from_connection_string(azurite.connection_string) as blobs:
        container = blobs.get_container_client(WARDROBE_IMAGES)
        if not container.exists():
            container.create_container()
        blob = container.get_blob_client("package/red-heels.png")
        blob.upload_blob((PROJECT / "sample/pictures/red-heels.png").read_bytes(), overwrite=True)
        return str(blob.url)


def request() -> dict[str, Any]:
    """Return a request as the host tells a worker of it."""
    headers = {"host": "127.0.0.1:7071"}
    url = f"http://127.0.0.1:7071{LIVE}"
    return {"method": "GET", "url": url, "headers": headers, "params": {}, "query": {}, "body": ""}


async def state(home: Path, job: str) -> str | None:
    """Return the status of a job's record."""
    documents = SqliteDocuments(home / "home/nightshift.sqlite3")
    try:
        found = await documents.get(JOBS, "ada", job)
    finally:
        await documents.close()
    return None if found is None else str(found.body["status"])


@contextmanager
def served(unpacked: Unpacked, environ: dict[str, str], work: Path) -> Iterator[Path]:
    """Run devhost on the package inside the block; yield the file of what it prints."""
    output = work / "stdout"
    with output.open("w") as printed, (work / "stderr").open("w") as log:
        process = subprocess.Popen(
            [str(unpacked.python), "-m", "devhost", "--root", str(unpacked.folder)],
            cwd=work,
            env=environ,
            stdout=printed,
            stderr=log,
        )
    try:
        yield output
    finally:
        process.terminate()
        process.wait(LIMIT_SECONDS)
