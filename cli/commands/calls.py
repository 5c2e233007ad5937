"""`nightshift calls`: imports call attempts from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, progress, session, whoami
from cli.errors import Failed
from cli.options import Json, examples

if TYPE_CHECKING:
    from operations.ports import Documents

app = typer.Typer(name="calls", help="Outbound calls.", no_args_is_help=True)
_SHOWN = 20
_REQUIRED = ("merchantId", "status")


@app.callback()
def calls() -> None:
    """Outbound calls."""


@app.command(
    "import", epilog=examples("nightshift calls import calls.jsonl", "nightshift calls import calls.csv --json")
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl|FILE.csv", help="UTF-8; a CSV file has a header line.")],
    as_json: Json = False,
) -> None:
    """Import call attempts from a file, in any order. Of attempts with the same call_id the latest updatedAt wins.

    Members: call_id (or id), merchantId and status; updatedAt, or else endedAt or initiatedAt; if known resellerId,
    requestId, attempt, outcome, connectionStatus, executionMode, direction, provider, cost. A bad line is reported
    with its number, and the rest goes on.
    """
    report = session.with_documents(lambda documents, _: _import(documents, file))
    failed = report["failed"]
    if as_json:
        output.print_json(report)
    else:
        output.show(_told(report["taken"], report["known"]))
        for clamped in report["clamped"][:_SHOWN]:
            members = ", ".join(clamped["members"])
            output.note(f"{file}, line {clamped['line']}: {members} is still to come, and counts as now.")
        for failure in failed[:_SHOWN]:
            output.note(f"{file}, line {failure['line']}: {failure['error']}")
        if len(failed) > _SHOWN:
            output.note(f"and {len(failed) - _SHOWN} more (--json lists all)")
    if failed:
        lines = output.counted(len(failed), "line")
        raise Failed(f"{lines} couldn't be imported. Correct what is said of each and import the file again.")


def _told(taken: int, known: int) -> str:
    if known and not taken:
        return f"{output.counted(known, 'call')}, all known as they are or newer: nothing has changed."
    return f"{output.counted(taken, 'call')} taken in, {known} known already as they are or newer."


async def _import(documents: Documents, file: Path) -> dict[str, Any]:
    from cli.lines_file import lines
    from operations import calls

    report: dict[str, Any] = {"taken": 0, "known": 0, "clamped": [], "failed": []}
    with progress.bar("Importing", None) as advance:
        async for taken in calls.import_calls(documents, whoami.actor(), lines(file, _REQUIRED)):
            if taken.what is None:
                report["failed"].append({"line": taken.line, "error": str(taken.error)})
            else:
                report[taken.what] += 1
            if taken.clamped:
                report["clamped"].append({"line": taken.line, "members": taken.clamped})
            advance()
    for name in ("clamped", "failed"):
        report[name].sort(key=lambda one: one["line"])
    return report
