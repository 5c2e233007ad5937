"""How does a test run a devhost of its own, and see what its functions did?

The app is written by the test: `PRELUDE` gives it `note`, whose lines the test reads, and `gate`, which holds a
function until the test opens it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from azure.storage.queue.aio import QueueClient

from tests.azurite import PROJECT
from tests.patience import LIMIT_SECONDS, until

PRELUDE = """
import asyncio, json, os, pathlib, sys, time
import azure.functions as func

app = func.FunctionApp()

def note(**fields):
    with open("notes.jsonl", "a") as notes:
        notes.write(json.dumps(fields, default=str) + "\\n")

async def gate(name):
    while not pathlib.Path(f"open-{name}").exists():
        await asyncio.sleep(0.02)

def queue(name, **more):
    return app.queue_trigger(arg_name="msg", queue_name=name, connection="AzureWebJobsStorage", **more)
"""


class AppFolder:
    """An app in a folder: what goes in, and what its functions noted."""

    def __init__(self, folder: Path, source: str, **queue_options: Any) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "function_app.py").write_text(PRELUDE + source)
        options = {"messageEncoding": "none", "maxPollingInterval": "00:00:00.2", **queue_options}
        host_json: dict[str, Any] = {"version": "2.0", "extensions": {"queues": options}}
        if "functionTimeout" in options:
            host_json["functionTimeout"] = options.pop("functionTimeout")
        if "routePrefix" in options:
            host_json["extensions"]["http"] = {"routePrefix": options.pop("routePrefix")}
        (folder / "host.json").write_text(json.dumps(host_json))

    def notes(self, **having: Any) -> list[dict[str, Any]]:
        """Return what the functions noted, in order, where it has these values."""
        path = self.folder / "notes.jsonl"
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        # The last line may be half written.
        notes: list[dict[str, Any]] = [json.loads(line) for line in lines if line.endswith("\n")]
        return [n for n in notes if all(n.get(key) == value for key, value in having.items())]

    def open_gate(self, name: str) -> None:
        """Let the functions pass that wait at gate `name`."""
        (self.folder / f"open-{name}").touch()

    async def wait_for_notes(self, least: int, /, **having: Any) -> list[dict[str, Any]]:
        """Wait until there are `least` such notes; return them."""
        await until(lambda: len(self.notes(**having)) >= least, f"{least} notes having {having}")
        return self.notes(**having)


class DevHost:
    """A running devhost process."""

    def __init__(self, app: AppFolder, process: asyncio.subprocess.Process, number: int) -> None:
        self.app = app
        self.process = process
        self._number = number

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return (self.app.folder / f"stdout-{self._number}").read_text()

    @property
    def admin_url(self) -> str:
        """Where its admin API is, without the path."""
        return re.search(r"admin +(http://\S+)/admin/host/status", self.output)[1]  # type: ignore[index]

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return (self.app.folder / f"stderr-{self._number}").read_text()

    async def wait_until_ready(self, times: int = 1) -> None:
        """Wait for the ready line (for the second one, when it starts anew, and so on)."""
        await until(
            lambda: self.output.count("devhost ready") >= times or self.process.returncode is not None, "devhost ready"
        )
        assert self.process.returncode is None, self.log

    async def wait_for_log(self, text: str) -> None:
        """Wait until the log holds `text`."""
        await until(lambda: text in self.log, f"{text!r} in the log")

    async def exit_code(self) -> int:
        """Wait for the process to end."""
        return await asyncio.wait_for(self.process.wait(), LIMIT_SECONDS)


@asynccontextmanager
async def running(
    app: AppFolder, storage: str, *arguments: str, module: str = "devhost", **environ: str
) -> AsyncIterator[DevHost]:
    """Run a devhost for `app` inside the block, ready at its beginning."""
    host = await start(app, storage, *arguments, module=module, **environ)
    try:
        await host.wait_until_ready()
        yield host
    finally:
        if host.process.returncode is None:
            host.process.send_signal(signal.SIGKILL)
            await host.process.wait()


async def start(app: AppFolder, storage: str, *arguments: str, module: str = "devhost", **environ: str) -> DevHost:
    """Start a devhost for `app`; the test ends it. `module` is another program that runs one."""
    number = len(list(app.folder.glob("stdout-*")))
    with (app.folder / f"stdout-{number}").open("w") as output, (app.folder / f"stderr-{number}").open("w") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, "--root", str(app.folder), *arguments),
            stdout=output,
            stderr=log,
            cwd=PROJECT,
            env={**os.environ, "AzureWebJobsStorage": storage, "DEVHOST_PORT": "0", **environ},
        )
    return DevHost(app, process, number)


async def bodies(queue: QueueClient) -> list[str]:
    """Return the bodies of the visible messages, without receiving them; nothing when there is no queue."""
    try:
        return [message.content for message in await queue.peek_messages(max_messages=32)]
    except Exception as error:
        if getattr(error, "error_code", "") == "QueueNotFound":
            return []
        raise


async def depth(queue: QueueClient) -> int:
    """Return how many messages the queue holds, invisible ones included."""
    return int((await queue.get_queue_properties()).approximate_message_count or 0)
