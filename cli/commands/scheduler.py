"""`nightshift scheduler`: does the scheduler of alert rules run, and when is each rule due?"""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session, times, whoami
from cli.options import Json, examples

app = typer.Typer(name="scheduler", help="Scheduler of alert rules.", no_args_is_help=True)


@app.command(epilog=examples("nightshift scheduler status", "nightshift scheduler status --json"))
def status(as_json: Json = False) -> None:
    """Show whether the scheduler runs, and each active alert rule with its next run."""
    from operations import scheduler

    found = session.with_documents(lambda documents, _: scheduler.status(documents, whoami.actor()))
    if as_json:
        output.print_json(found)
        return
    by = f", by {found['by']} since {times.short(found['since'])}" if found["by"] else ""
    why = f": {found['why']}" if found["why"] else ""
    output.show(output.plain(f"{found['status']}{by}{why}; {output.counted(found['job_count'], 'job')}"))
    if not found["jobs"]:
        return
    shown = output.table("name", "trigger", "next", "last", "state", text="name")
    for job in found["jobs"]:
        instants = [times.short(job["next_run_time"]), times.short(job["last_run"])]
        shown.add_row(*map(output.plain, [job["name"], job["trigger"], *instants, job["state"]]))
    output.show(shown)


@app.command(epilog=examples("nightshift scheduler stop --reason 'the store is being moved'"))
def stop(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Reason, shown by scheduler status.")] = "",
) -> None:
    """Stop the scheduler on all instances, within a minute, until it is started again."""
    from operations import scheduler

    session.with_documents(lambda documents, _: scheduler.stop(documents, whoami.actor(), reason=reason))
    output.show("The scheduler is stopped.")


@app.command(epilog=examples("nightshift scheduler start"))
def start() -> None:
    """Start the scheduler again.

    Of what was due meanwhile each rule's latest slot runs, unless it is too late by then; others are recorded as
    missed.
    """
    from operations import scheduler

    session.with_documents(lambda documents, _: scheduler.start(documents, whoami.actor()))
    output.show("The scheduler is started.")


@app.command(epilog=examples("nightshift scheduler reload"))
def reload() -> None:
    """Compute the next run of every alert rule anew. What is due already stays due."""
    from operations import scheduler

    count = session.with_documents(lambda documents, _: scheduler.reload(documents, whoami.actor()))
    output.show(f"{output.counted(count, 'rule')} reloaded.")
