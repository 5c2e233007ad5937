"""Findings: what a check says of one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.errors import NightshiftError

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: the `check` that it belongs to, its name, its state, what was found, and how to mend it.

    A warning is worth knowing and stops nothing; what is wrong keeps jobs from being done, or done right. `code` says
    what is wrong in a word, where the mend depends on the tool at hand. `source` says where a setting came from.
    """

    check: str
    name: str
    state: State
    found: str
    mend: str | None = None
    source: str | None = None
    code: str = ""


def wrong(check: str, name: str, found: str, mend: str | None = None, *, code: str = "") -> Finding:
    """Return a finding of something wrong."""
    return Finding(check, name, "wrong", found, mend, code=code)


def failed(check: str, name: str, error: NightshiftError) -> Finding:
    """Return the finding of a check that failed."""
    return wrong(check, name, str(error), code=error.code)


def fine(check: str, name: str, found: str) -> Finding:
    """Return a finding of something that is as it should be."""
    return Finding(check, name, "ok", found)
