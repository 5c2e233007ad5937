"""How it is said why a job isn't running: in one line, with when it will, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import times
from cli.remedies import next_step

if TYPE_CHECKING:
    from operations.explanations import Explanation


def told(explanation: Explanation) -> str:
    """Return why a job isn't running and when it will; nothing when there is nothing to say."""
    if explanation.until is None:
        return explanation.why or ""
    return f"{explanation.why}; {times.coming(explanation.until)}"


def still(what: str, status: str, explanation: Explanation | None) -> str:
    """Return that a job or run hasn't ended yet, what keeps it, and what to do about that."""
    if explanation is None:
        return f"{what} is still {status}: no worker has begun it."
    step = next_step(explanation.code, {"gate": explanation.gate or ""})
    return f"{what} is still {status}: {told(explanation)}. {step}".rstrip()
