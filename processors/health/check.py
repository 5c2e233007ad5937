"""Check: what one rule says of one thing that the watch looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "finding", "unknown"]
Severity = Literal["info", "warning", "error", "critical"]

GUIDE = "docs/operating.md"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a rule is about: its name, how bad a finding is, and the section of docs/operating.md that says what to do.

    `section` is the anchor of its heading.
    """

    name: str
    severity: Severity
    section: str

    def ok(self, scope: str, text: str) -> Check:
        """Return that all is well with `scope`."""
        return Check(self, scope, "ok", text)

    def finding(self, scope: str, text: str, *, severity: Severity | None = None) -> Check:
        """Return what is wrong with `scope`; `severity` when it isn't the usual one."""
        return Check(self, scope, "finding", text, severity)

    def unknown(self, scope: str, why: str) -> Check:
        """Return why nothing can be said of `scope`."""
        return Check(self, scope, "unknown", why)


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one thing, `scope`: all is well, something is wrong, or why it can't be known."""

    topic: Topic
    scope: str
    state: State
    text: str
    of_its_own: Severity | None = None

    @property
    def severity(self) -> Severity:
        """How bad it is, if it is wrong."""
        return self.of_its_own or self.topic.severity

    @property
    def guide(self) -> str:
        """Where it says what to do."""
        return f"{GUIDE}#{self.topic.section}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands for what couldn't be read: `why`."""

    why: str
