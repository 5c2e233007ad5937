"""Telemetry: how does the app say what it does?

Events with fields through stdlib logging: JSON lines in Azure, readable lines on a terminal. No payload text and
no secret: secrets of addresses are masked, and texts of others spelled out where they aren't printable.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any, TextIO

from shared import clock
from shared.config import Settings
from shared.masking import masked
from shared.printable import printable, printable_json, printable_lines

ROOT = "nightshift"


def event(logger: logging.Logger, level: int, name: str, **fields: Any) -> None:
    """Log the event `name` with `fields` (None ones are left out)."""
    if logger.isEnabledFor(level):
        kept = {key: value for key, value in fields.items() if value is not None}
        logger.log(level, name, extra={"fields": kept})


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        entry: dict[str, Any] = {
            "at": clock.text_now(),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return printable_json(masked(_encode(entry)))


class TerminalFormatter(logging.Formatter):
    """One readable line: time, level, event, then key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        fields = " ".join(f"{key}={value}" for key, value in getattr(record, "fields", {}).items())
        line = f"{clock.text_now()[11:19]} {record.levelname.lower():7} {record.getMessage()} {fields}".rstrip()
        line = printable(masked(line))
        if not record.exc_info:
            return line
        return f"{line}\n{printable_lines(masked(self.formatException(record.exc_info)))}"


class ToHost(logging.Handler):
    """Hands events to the Functions worker's own handler (on the root logger), which knows their invocation."""

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        formed = logging.LogRecord(
            record.name, record.levelno, record.pathname, record.lineno, self.format(record), None, None
        )
        logging.getLogger().handle(formed)


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send the app's events as JSON to the Functions worker in Azure, else to `stream` (default stderr).

    Calling it again changes nothing.
    """
    root = logging.getLogger(ROOT)
    root.setLevel(settings.log_level)
    if any(isinstance(handler.formatter, JsonFormatter | TerminalFormatter) for handler in root.handlers):
        return
    stream = stream or sys.stderr
    handler = ToHost() if settings.in_azure else logging.StreamHandler(stream)
    handler.setFormatter(TerminalFormatter() if stream.isatty() and not settings.in_azure else JsonFormatter())
    root.addHandler(handler)
    root.propagate = False
