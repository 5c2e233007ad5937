"""`nightshift health`: do jobs run as they should? Every check of the watch over jobs, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli import output, session, whoami
from cli.errors import Failed
from cli.options import Json, examples

if TYPE_CHECKING:
    from operations.job_health import JobCheck, JobHealth

app = typer.Typer()

_STYLES = {"ok": "green", "unknown": "yellow", "finding": "bold red"}
_ORDER = ("finding", "unknown", "ok")


@app.command(epilog=examples("nightshift health", "nightshift health --json"))
def health(as_json: Json = False) -> None:
    """Look at runs, timers, jobs, queues, gates, sources, models, roll-ups and clocks, once.

    Says what is wrong, and which section of docs/operating.md says what to do. Changes nothing, and takes no host that
    runs. Exits 1 when something is wrong.
    """
    from operations import job_health

    found = session.with_services(lambda services: job_health.read(services, whoami.actor()))
    if as_json:
        output.print_json(found)
    else:
        _show(found)
    wrong = sum(check.state == "finding" for check in found.checks)
    if wrong:
        raise Failed(f"{output.counted(wrong, 'check')} found something wrong.")


def _show(found: JobHealth) -> None:
    from rich.text import Text

    shown = output.table("check", "of", "state", "found", "what to do", text="found", beneath=("what to do",))
    for check in sorted(found.checks, key=_rank):
        state = check.severity or check.state
        styled = Text(state, style=_STYLES[check.state])
        name = check.check.replace("_", " ")
        shown.add_row(name, output.plain(check.scope), styled, output.plain(check.found), output.plain(check.guide))
    output.show(shown)


def _rank(check: JobCheck) -> int:
    return _ORDER.index(check.state)
