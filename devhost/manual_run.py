"""Result of a function that was run by hand."""

from __future__ import annotations

import time
from dataclasses import dataclass

from devhost.listeners import Listener


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended: `error` None when it succeeded."""

    function: str
    duration_seconds: float
    error: Exception | None

    def as_json(self) -> dict[str, object]:
        """Return what ``?wait=true`` answers."""
        return {
            "function": self.function,
            "outcome": "succeeded" if self.error is None else "failed",
            "durationMs": round(self.duration_seconds * 1000, 1),
            "error": None if self.error is None else f"{type(self.error).__name__}: {self.error}",
        }


async def run(name: str, listener: Listener, text: str) -> RunResult:
    """Run the function of `listener`, called `name`, with `text` as its input."""
    began = time.monotonic()
    try:
        await listener.invoke(text)
    except Exception as error:
        return RunResult(name, time.monotonic() - began, error)
    return RunResult(name, time.monotonic() - began, None)
