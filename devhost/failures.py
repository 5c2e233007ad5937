"""Log of failed invocations: with the traceback the first time, in one line after that.

Jobs that wait by raising fail on purpose, over and over, from the same line.
"""

from __future__ import annotations

import logging
import traceback

_log = logging.getLogger("devhost")


class FailureLog:
    """Tells the failures of one function."""

    def __init__(self, function_name: str) -> None:
        self._name = function_name
        self._told: set[tuple[object, ...]] = set()

    def tell(self, error: BaseException, what: str) -> None:
        """Log that `what` failed with `error`."""
        frames = traceback.extract_tb(error.__traceback__)
        place = (type(error), frames[-1].filename, frames[-1].lineno) if frames else (type(error),)
        first = place not in self._told
        self._told.add(place)
        traced = error if first or _log.isEnabledFor(logging.DEBUG) else None
        _log.warning("%s failed on %s: %s: %s", self._name, what, type(error).__name__, error, exc_info=traced)
