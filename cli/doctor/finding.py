"""What does the doctor say of one thing that it looked at?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: the `check` that it belongs to, its name, its state, what was found, and how to mend it.

    A warning is worth knowing and stops nothing; what is wrong keeps jobs from being done, or done right.
    `source` says where a setting came from.
    """

    check: str
    name: str
    state: State
    found: str
    mend: str | None = None
    source: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the finding as commands print it, null where there is nothing to say."""
        return asdict(self)


def wrong(check: str, name: str, found: str, mend: str | None = None) -> Finding:
    """Return a finding of something wrong."""
    return Finding(check, name, "wrong", found, mend)


def fine(check: str, name: str, found: str) -> Finding:
    """Return a finding of something that is as it should be."""
    return Finding(check, name, "ok", found)
