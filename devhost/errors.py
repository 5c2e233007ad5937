"""Errors of the development host: what may it refuse, and what follows?

DevhostError
├── Refused            the whole app can't start; the text says what to change
└── FunctionInError    this one function doesn't run; the others do, as under the real host
"""

from __future__ import annotations


class DevhostError(Exception):
    """Base of what the development host raises on purpose."""


class Refused(DevhostError):
    """The real host would not start with this app or these settings. The message says what to do."""


class FunctionInError(DevhostError):
    """The real host would report this function as being in error and start the others."""
