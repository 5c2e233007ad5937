"""Log lines: texts of messages and errors, written so that they drive no terminal and make up no line."""

from __future__ import annotations

import logging
from typing import Any


class LineFormatter(logging.Formatter):
    """A line for each event, with whatever isn't printable spelled out; a traceback keeps its lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """See logging.Formatter."""
        return _spelled(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """See logging.Formatter."""
        return "\n".join(map(_spelled, super().formatException(ei).split("\n")))


def shorten_bad_requests(record: logging.LogRecord) -> bool:
    """Log what came and was no HTTP in one line, as a warning: it is the client's fault. A filter of aiohttp's log."""
    error = record.exc_info[1] if record.exc_info else None
    if type(error).__module__ == "aiohttp.http_exceptions":
        record.msg, record.args = "A request was refused: %s", (" ".join(str(error).split()),)
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
    return True


def _spelled(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
