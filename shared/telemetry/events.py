"""Events: how does the app say in its log what it does?

Events with fields through stdlib logging: JSON lines in Azure, readable lines on a terminal. No payload text, no name
of a person and no secret: ids that others chose are pseudonyms, an error is its class, code and place (its text may
quote what it met; the record has it), secrets of addresses are masked, and what isn't printable is spelled out.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

from shared import clock
from shared.config import Settings
from shared.masking import masked
from shared.printable import printable, printable_json, printable_lines
from shared.telemetry import pseudonyms, signals

ROOT = "nightshift"
_IDS = frozenset({"client", "rule", "by", "source"})
"""Fields whose values others may have chosen."""
_TALKATIVE = ("azure", "openai", "httpx", "httpcore", "urllib3", "opentelemetry", "aiohttp")
"""Libraries that log addresses, and so ids, of each request at INFO."""


def event(logger: logging.Logger, level: int, name: str, **fields: Any) -> None:
    """Log the event `name` with `fields` (None ones are left out)."""
    if logger.isEnabledFor(level):
        kept = {key: value for key, value in fields.items() if value is not None}
        logger.log(level, name, extra={"fields": kept})


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


def message_of(record: logging.LogRecord) -> str:
    """Return what a record says; an error among its arguments is told by class and code."""
    if not isinstance(record.args, tuple) or not any(isinstance(arg, BaseException) for arg in record.args):
        return record.getMessage()
    args = tuple(error_name(arg) if isinstance(arg, BaseException) else arg for arg in record.args)
    return str(record.msg) % args


def fields_of(record: logging.LogRecord) -> Mapping[str, Any]:
    """Return the fields of a record, ids of others as pseudonyms."""
    given: dict[str, Any] = getattr(record, "fields", {})
    return {name: pseudonyms.shown(value) if name in _IDS else value for name, value in given.items()}


def error_name(error: BaseException) -> str:
    """Return an error's class and, if it has one, its code."""
    code = getattr(error, "code", None)
    name = type(error).__name__
    return f"{name} ({code})" if isinstance(code, str) and code else name


def stack_of(error: BaseException) -> str:
    """Return where an error and those that led to it were raised: classes, codes and lines of code, no texts."""
    told: list[str] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        frames = [
            f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(cause.__traceback__)
        ]
        told += [error_name(cause), *frames]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n".join(told)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        entry: dict[str, Any] = {
            "at": clock.text_now(),
            "level": record.levelname,
            "logger": record.name,
            "event": message_of(record),
            **fields_of(record),
            **signals.current().ids(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            entry["exception"] = stack_of(record.exc_info[1])
        return printable_json(masked(_encode(entry)))


class TerminalFormatter(logging.Formatter):
    """One readable line: time, level, event, then key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        fields = " ".join(f"{key}={value}" for key, value in fields_of(record).items())
        line = f"{clock.text_now()[11:19]} {record.levelname.lower():7} {message_of(record)} {fields}".rstrip()
        line = printable(masked(line))
        if not record.exc_info or record.exc_info[1] is None:
            return line
        return f"{line}\n{printable_lines(masked(stack_of(record.exc_info[1])))}"


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
    for name in _TALKATIVE:
        if logging.getLogger(name).level == logging.NOTSET:
            logging.getLogger(name).setLevel(logging.WARNING)
