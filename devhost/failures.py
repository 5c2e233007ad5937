"""Log of failed invocations: with the traceback the first time, in one line after that.

An error that says of itself that it is `planned` is how a function leaves a message for later: one line, always.
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
        is_news = place not in self._told
        self._told.add(place)
        if getattr(error, "planned", False):
            traced = error if _log.isEnabledFor(logging.DEBUG) else None
            _log.info("%s leaves %s for later: %s", self._name, what, error, exc_info=traced)
            return
        traced = error if is_news or _log.isEnabledFor(logging.DEBUG) else None
        _log.warning("%s failed on %s: %s: %s", self._name, what, type(error).__name__, error, exc_info=traced)
