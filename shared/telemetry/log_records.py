"""Log records: how do the app's events go to a collector, beside its own log?

With the same words as there: the event, its fields as attributes, and an error as class, code and place.
"""

from __future__ import annotations

import logging
from typing import Any

from opentelemetry._logs import LoggerProvider, LogRecord, SeverityNumber
from opentelemetry.context import get_current

from shared.masking import masked
from shared.printable import printable
from shared.telemetry.events import error_name, fields_of, message_of, stack_of

_SEVERITIES = (
    (logging.ERROR, SeverityNumber.ERROR),
    (logging.WARNING, SeverityNumber.WARN),
    (logging.INFO, SeverityNumber.INFO),
)


class ToCollector(logging.Handler):
    """Hands events to a logger provider."""

    def __init__(self, provider: LoggerProvider) -> None:
        super().__init__()
        self._logger = provider.get_logger("nightshift")

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        attributes: dict[str, Any] = {name: _value(value) for name, value in fields_of(record).items()}
        attributes["logger"] = record.name
        if record.exc_info and record.exc_info[1] is not None:
            attributes["exception.type"] = error_name(record.exc_info[1])
            attributes["exception.stacktrace"] = masked(stack_of(record.exc_info[1]))
        self._logger.emit(
            LogRecord(
                timestamp=int(record.created * 1e9),
                context=get_current(),
                severity_text=record.levelname,
                severity_number=next((n for level, n in _SEVERITIES if record.levelno >= level), SeverityNumber.DEBUG),
                body=printable(masked(message_of(record))),
                attributes=attributes,
            )
        )


def _value(value: Any) -> Any:
    return value if isinstance(value, bool | int | float) else printable(masked(str(value)))
