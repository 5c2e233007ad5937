"""`nightshift rescue`: wakes jobs whose message or worker is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from cli import output, session, times, whoami
from cli.options import Json, examples

app = typer.Typer()


@app.command(epilog=examples("nightshift rescue --dry-run", "nightshift rescue"))
def rescue(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list the jobs that it would wake.")] = False,
    as_json: Json = False,
) -> None:
    """Send the message of every overdue job again, as the timer RescueJobs does each minute."""
    from operations import jobs

    found = session.with_services(lambda services: jobs.wake_overdue(services, whoami.actor(), dry_run=dry_run))
    if as_json:
        output.print_json(found)
        return
    if not found.items:
        output.note("No job is overdue.")
        return
    shown = output.table("job", "of", "kind", "state", "overdue for", right=("overdue for",), beneath=("of",))
    ids = output.shortened(one.id for one in found.items)
    for one in found.items:
        overdue = times.length(timedelta(seconds=one.overdue_seconds))
        shown.add_row(*map(output.plain, (ids[one.id], one.scope, one.kind, one.status, overdue)))
    count = len(found.items)
    output.show(shown, f"Would wake {count}. Nothing was done." if dry_run else f"{count} woken.")
