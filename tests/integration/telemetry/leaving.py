"""All that leaves a process as telemetry: what the host is handed of every log, each span and each metric's point."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from shared import telemetry
from shared.config import Settings
from shared.telemetry.events import ROOT, ToHost
from tests.telemetry_seen import Seen, recorded

IN_AZURE = Settings(documents="cosmos", azure_instance="1", log_level="DEBUG", storage="AccountName=a;AccountKey=YQ==;")


class Leaving:
    """What has left so far."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.lines: list[str] = []

    def all(self) -> dict[str, str]:
        """Return every text that left, by where it went."""
        spans = "\n".join(f"{span.to_json()}{span.links}" for span in self.seen.spans())
        return {"logs": "\n".join(self.lines), "spans": spans, "metrics": repr(self.seen.points())}


class _Host(logging.Handler):
    """The worker's handler: it formats whatever reaches the root logger, tracebacks included."""

    def __init__(self, leaving: Leaving) -> None:
        super().__init__(logging.INFO)  # what is below isn't sent
        self._leaving = leaving
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler. The servers that a test starts log too, and are none of the app."""
        if record.name != "werkzeug":
            self._leaving.lines.append(self.format(record))


class _Debug(logging.Handler):
    """Hands on the app's own lines that the host wouldn't be sent: a collector is."""

    def __init__(self, leaving: Leaving) -> None:
        super().__init__(logging.DEBUG)
        self._leaving = leaving
        self.setFormatter(telemetry.JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        self._leaving.lines.append(self.format(record))


@contextmanager
def leaving() -> Iterator[Leaving]:
    """Let logs go where they go in Azure, and keep all that leaves while the block runs."""
    app, root = logging.getLogger(ROOT), logging.getLogger()
    before = app.handlers[:], app.propagate, app.level, root.level
    app.handlers.clear()
    telemetry.configure(replace(IN_AZURE))
    assert isinstance(app.handlers[0], ToHost)
    with recorded() as seen:
        found = Leaving(seen)
        host, debug = _Host(found), _Debug(found)
        app.addHandler(debug)
        root.addHandler(host)
        root.setLevel(logging.INFO)
        try:
            yield found
        finally:
            root.removeHandler(host)
            app.handlers[:], app.propagate = before[0], before[1]
            app.setLevel(before[2])
            root.setLevel(before[3])
