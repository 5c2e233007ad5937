"""Stage of the demo: its settings, and development hosts that end with it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from demo.terminal import DemoFailed, wait_until
from shared.config import OF_AZURE

PROJECT_FOLDER = Path(__file__).resolve().parents[1]
STORAGE = "AzureWebJobsStorage"
"""The setting that says where blobs and queues are."""
_READY = "devhost ready"
_START_SECONDS = 60.0
_STOP_SECONDS = 40.0


class Stage:
    """The demo's folder `home`, its settings on the Azurite of `connection`, and its hosts. Leaving it ends them."""

    def __init__(self, home: Path, connection: str) -> None:
        self.home = home
        self.connection = connection
        self._hosts: list[subprocess.Popen[bytes]] = []
        sample = json.loads((PROJECT_FOLDER / "local.settings.sample.json").read_text())
        values = {**sample["Values"], STORAGE: connection, "NIGHTSHIFT_HOME": str(home)}
        # The folder's file is for people's commands, the environment for the hosts: it wins over any other file.
        (home / "local.settings.json").write_text(json.dumps({"IsEncrypted": False, "Values": values}, indent=2))
        self.environment = {**os.environ, **values, "NIGHTSHIFT_SETTINGS": str(home), "PYTHONUNBUFFERED": "1"}
        for name in OF_AZURE:
            self.environment.pop(name, None)

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for host in self._hosts:
            host.terminate()
        for host in self._hosts:
            try:
                host.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                host.kill()

    @property
    def endpoints(self) -> str:
        """Where blobs and queues are."""
        return "{Blob} (blobs), {Queue} (queues)".format(**self._endpoints())

    @property
    def blobs(self) -> str:
        """The address of the blob service, with the account."""
        return self._endpoints()["Blob"].rstrip("/")

    def start_host(self, name: str, app: Path, **settings: str) -> None:
        """Start a development host on the app in folder `app`; its log is `name`.log. Raises DemoFailed."""
        log = self.home / f"{name}.log"
        with log.open("wb") as output:
            host = subprocess.Popen(
                [sys.executable, "-m", "devhost", "--root", str(app), "--port", "0"],
                cwd=PROJECT_FOLDER,
                env={**self.environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._hosts.append(host)
        (self.home / f"{name}.pid").write_text(str(host.pid))
        wait_until(
            lambda: _READY in log.read_text() or host.poll() is not None,
            f"the host did not get ready; its words are in {log}",
            _START_SECONDS,
        )
        if host.poll() is not None:
            raise DemoFailed(f"the host did not start:\n{log.read_text()[-2000:]}")

    def wait(self) -> None:
        """Wait until a signal ends the demo. Raises DemoFailed when a host ends before it."""
        while all(host.poll() is None for host in self._hosts):
            time.sleep(0.5)
        raise DemoFailed("a host ended by itself")

    def _endpoints(self) -> dict[str, str]:
        return dict(re.findall(r"(Blob|Queue)Endpoint=([^;]+)", self.connection))
