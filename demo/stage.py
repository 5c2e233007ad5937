"""Stage of the demo: its settings, the sites that it scrapes, and development hosts. All of it ends with the stage."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from demo import feeds, feeds_double
from demo.terminal import DemoFailed, run, say, wait_until
from operations import api_keys
from shared.config import OF_AZURE

PROJECT_FOLDER = Path(__file__).resolve().parents[1]
STORAGE = "AzureWebJobsStorage"
"""The setting that says where blobs and queues are."""
_READY = "devhost ready"
_STOP_SECONDS = 40.0
_ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/\{\*route\}")
"""Where its host says that the API and the console are."""
_QUICK = {"RUN_LOOK_SECONDS": "0.5", "SCRAPER_HOST_DELAY_SECONDS": "0.3", "METRICS_SCHEDULE": "*/5 * * * * *"}


class Stage:
    """The demo's folder `home`, its settings on the Azurite of `connection`, and its hosts. Leaving it ends them.

    `environment` is that of commands and of the app's host; `site` is what the scraper is shown; `key` opens the API
    and the console. With `opens_pages` a page that is made is opened in a browser.
    """

    def __init__(self, home: Path, connection: str, *, opens_pages: bool = False) -> None:
        self.home = home
        self.connection = connection
        self.opens_pages = opens_pages
        self._stack = ExitStack()
        self._app: subprocess.Popen[bytes] | None = None
        self.site = self._stack.enter_context(feeds_double.serving(feeds.shows()))
        sample = json.loads((PROJECT_FOLDER / "local.settings.sample.json").read_text())
        own = {STORAGE: connection, "NIGHTSHIFT_HOME": str(home), "FETCH_ALLOWED_LOCAL": self.site.host}
        made = api_keys.new("demo", "admin", ["*"], timedelta(days=1))
        self.key = made.key
        own |= {"AUTH_MODE": "keys", "API_KEYS": json.dumps([made.entry.entry()])}
        values = {**sample["Values"], **_QUICK, **own}
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
        self._stack.close()

    @property
    def endpoints(self) -> str:
        """Where blobs and queues are."""
        return "{Blob} (blobs), {Queue} (queues)".format(**self._endpoints())

    @property
    def blobs(self) -> str:
        """The address of the blob service, with the account."""
        return self._endpoints()["Blob"].rstrip("/")

    @property
    def console(self) -> str:
        """The address of the console. Raises DemoFailed when the app's host says none."""
        found = _ADDRESS.search((self.home / "host.log").read_text())
        if found is None:
            raise DemoFailed("the host doesn't say where the API is")
        return f"{found[1]}/console"

    def open_app(self) -> None:
        """Start the host of the app itself, unless it runs. Raises DemoFailed when it doesn't start."""
        if self._app is None:
            run(self.environment, "init")
            self._app = self._stack.enter_context(self.host("host", PROJECT_FOLDER))
            say("The development host runs function_app.py.")

    @contextmanager
    def host(self, name: str, app: Path, *functions: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a development host on the app in folder `app` inside the block; its log is `name`.log.

        Without `functions` it runs all of them. Raises DemoFailed when it doesn't start.
        """
        log = self.home / f"{name}.log"
        command = [sys.executable, "-m", "devhost", "--root", str(app), "--port", "0"]
        with log.open("wb") as output:
            host = subprocess.Popen(
                [*command, *(["--functions", *functions] if functions else [])],
                cwd=PROJECT_FOLDER,
                env={**self.environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            (self.home / f"{name}.pid").write_text(str(host.pid))
            wait_until(
                lambda: _READY in log.read_text() or host.poll() is not None,
                f"the host did not get ready (its words are in {log})",
            )
            if host.poll() is not None:
                raise DemoFailed(f"the host did not start:\n{log.read_text()[-2000:]}")
            yield host
        finally:
            host.terminate()
            try:
                host.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                host.kill()
                host.wait()

    def stay(self) -> None:
        """Stay until a signal ends the demo. Raises DemoFailed when the app's host ends before it."""
        while self._app is None or self._app.poll() is None:
            time.sleep(0.5)
        raise DemoFailed("the host ended by itself")

    def _endpoints(self) -> dict[str, str]:
        return dict(re.findall(r"(Blob|Queue)Endpoint=([^;]+)", self.connection))
