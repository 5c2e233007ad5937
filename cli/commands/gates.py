"""`nightshift gates`: which dependencies and queues are held back, and how are they opened?"""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session, times, whoami
from cli.options import Json, examples

app = typer.Typer(help="Gates: dependencies and queues that are held back.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Such as queue:taste-analysis-jobs.")]


@app.command("list", epilog=examples("nightshift gates list", "nightshift gates list --json"))
def list_(as_json: Json = False) -> None:
    """List the closed gates: since when, until when, why and by whom."""
    from operations import gates

    found = session.with_documents(lambda documents, _: gates.closed(documents, whoami.actor()))
    if as_json:
        output.print_json(found)
        return
    if not found.items:
        output.note("Every gate is open.")
        return
    from shared import clock

    shown = output.table("gate", "closed", "until", "by", "why", text="why", beneath=("by",))
    for gate in found.items:
        if gate.due is None:
            until = "somebody opens it"
        else:
            until = "now: the next job tries it" if gate.due <= clock.now() else times.short(gate.due)
        shown.add_row(*map(output.plain, (gate.name, times.ago(gate.closed_at), until, gate.by, gate.reason)))
    output.show(shown)


@app.command(
    epilog=examples(
        "nightshift gates close queue:taste-analysis-jobs --reason 'model is being moved'",
        "nightshift gates close queue:taste-analysis-jobs --reason deploy --for 30m",
    )
)
def close(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Reason, shown by gates list.")],
    length: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="Such as 30m or 2h. Default: until it is opened.")
    ] = None,
) -> None:
    """Hold back the jobs of a queue or a dependency. Workers see it within 2 s; jobs that run go on."""
    from operations import gates
    from shared import clock

    until = clock.now() + times.duration(length) if length else None
    gate = session.with_documents(
        lambda documents, settings: gates.close(documents, settings, whoami.actor(), name, reason=reason, until=until)
    )
    shown = clock.to_text(gate.due) if gate.due else f"somebody opens it: nightshift gates open {name}"
    output.show(f"{name} is closed until {shown}")


@app.command("open", epilog=examples("nightshift gates open queue:taste-analysis-jobs"))
def open_(name: Name) -> None:
    """Open a gate, whoever closed it. New jobs run at once; jobs that it held back run at their next check."""
    from operations import gates

    session.with_documents(lambda documents, _: gates.open_(documents, whoami.actor(), name))
    output.show(f"{name} is open. Jobs that it held look again by themselves, the last within 5 minutes or when due.")
