"""Report of a file that was taken in line by line: what became of how many, and what is wrong with which."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import output, progress
from cli.errors import Failed

if TYPE_CHECKING:
    from operations.calls import TakenIn
    from operations.usage_events import Recorded

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Words:
    """How a report speaks: of a `thing` (call), what is done to it (`verb`: import), and what was (`done`: taken in).

    `member` counts those in the answer.
    """

    thing: str
    verb: str
    done: str
    member: str


async def gather(answers: AsyncIterator[TakenIn] | AsyncIterator[Recorded], words: Words) -> dict[str, Any]:
    """Return the report of what became of each line, with a progress bar meanwhile."""
    report: dict[str, Any] = {words.member: 0, "known": 0, "clamped": [], "failed": []}
    with progress.bar(f"{words.verb.capitalize()}ing", None) as advance:
        async for one in answers:
            if one.what is None:
                report["failed"].append({"line": one.line, "error": str(one.error)})
            else:
                report[one.what] += 1
            if one.clamped:
                report["clamped"].append({"line": one.line, "members": one.clamped})
            advance()
    for name in ("clamped", "failed"):
        report[name].sort(key=lambda one: one["line"])
    return report


def show(report: dict[str, Any], file: Path, words: Words, *, as_json: bool) -> None:
    """Show a report. Raises Failed when a line couldn't be taken in."""
    failed = report["failed"]
    if as_json:
        output.print_json(report)
    else:
        output.show(_counts(report[words.member], report["known"], words))
        for clamped in report["clamped"][:_SHOWN]:
            members = " and ".join(clamped["members"])
            output.note(f"{file}, line {clamped['line']}: still to come, so counted as now: {members}")
        for failure in failed[:_SHOWN]:
            output.note(f"{file}, line {failure['line']}: {failure['error']}")
        if len(failed) > _SHOWN:
            output.note(f"and {len(failed) - _SHOWN} more (--json lists all)")
    if failed:
        bad = output.counted(len(failed), "line")
        raise Failed(f"{bad} couldn't be {words.verb}ed. Correct what is said of each and {words.verb} the file again.")


def _counts(taken: int, known: int, words: Words) -> str:
    if known and not taken:
        return f"{output.counted(known, words.thing)}, all known as they are or newer: nothing has changed."
    return f"{output.counted(taken, words.thing)} {words.done}, {known} known already as they are or newer."
