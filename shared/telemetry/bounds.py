"""Bounds: how many different values may an attribute of a metric have?

Every one is a word of the app's own (a kind, a queue, a class of error), so there are few by construction. Should a
value of another kind ever get in, it is kept from costing: after a number of different values, and when it doesn't look
like a word, it counts as ``_OTHER``.
"""

from __future__ import annotations

import re

from shared.telemetry.names import OTHER

MOST_VALUES = 64
"""Of one attribute in one process. The app has about 20 kinds and 25 containers."""
MOST_ROUTES = 256
"""It has about 90 routes."""
MOST_ATTEMPTS = 6
_is_word = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_ .:/{}-]{0,99}").fullmatch


class Words:
    """The values of one attribute."""

    __slots__ = ("_known", "_most")

    def __init__(self, most: int = MOST_VALUES) -> None:
        self._known: dict[str, str] = {}
        self._most = most

    def __call__(self, value: str) -> str:
        """Return `value`, or what stands for those that aren't told apart."""
        found = self._known.get(value)
        if found is not None:
            return found
        if len(self._known) >= self._most or not _is_word(value):
            return OTHER
        self._known[value] = value
        return value


def attempt_of(number: int | None) -> str:
    """Return the number of an attempt in words: 1 to 5, then ``6+``."""
    if number is None:
        return "none"
    return str(number) if number < MOST_ATTEMPTS else f"{MOST_ATTEMPTS}+"
