"""`nightshift calls`: imports call attempts from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import file_report, session, whoami
from cli.options import Json, examples

if TYPE_CHECKING:
    from operations.ports import Documents

app = typer.Typer(name="calls", help="Outbound calls.", no_args_is_help=True)
_REQUIRED = ("merchantId", "status")
_WORDS = file_report.Words("call", "import", done="taken in", member="taken")


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
    file_report.show(report, file, _WORDS, as_json=as_json)


async def _import(documents: Documents, file: Path) -> dict[str, Any]:
    from cli.lines_file import lines
    from operations import calls

    taken = calls.import_calls(documents, whoami.actor(), lines(file, _REQUIRED))
    return await file_report.gather(taken, _WORDS)
