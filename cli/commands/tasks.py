"""`nightshift tasks`: what do alerts ask of the owners of their rules?"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli import output, session, times, whoami
from cli.options import Client, Json, Limit, examples, of_client

app = typer.Typer(name="tasks", help="Tasks: alerts that their rules' owners have to see to.", no_args_is_help=True)

State = Literal["open", "acknowledged", "resolved", "all"]


@app.command(
    "list",
    epilog=examples("nightshift tasks list --owner ada", "nightshift tasks list --state all --client acme --json"),
)
def list_(
    owner: Annotated[str | None, typer.Option("--owner", metavar="USER", help="Only this user's.")] = None,
    state: Annotated[
        State | None, typer.Option("--state", help="Only those in this state. Default: open and acknowledged.")
    ] = None,
    client: Client = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List tasks, those of alerts that fired last first. Alerts of rules without an owner have none."""
    from operations import tasks

    states = tasks.LEFT if state is None else tasks.ALL if state == "all" else (state,)
    found = session.with_documents(
        lambda documents, _: tasks.search(
            documents, whoami.actor(), owner=owner, states=states, limit=limit, **of_client(client)
        )
    )
    if as_json:
        output.print_json(found)
        return
    if not found.items:
        more = "" if state == "all" else " Those that are over, too: nightshift tasks list --state all"
        output.note(f"There is no such task.{more}")
        return
    ids = output.shortened(one.id for one in found.items)
    shown = output.table(
        *("task", "owner", "state", "severity", "fired", "seen by", "rule", "scope", "title"),
        text="title",
        beneath=("rule", "scope", "seen by"),
    )
    for one in found.items:
        since = times.short(one.fired_at)
        cells = [ids[one.id], one.owner, one.state, one.severity, since, one.acknowledged_by, one.rule_name, one.scope]
        shown.add_row(*map(output.plain, (*cells, one.title)))
    output.show(shown)


@app.command(epilog=examples("nightshift tasks ack 5f2c9a10", "nightshift tasks ack 5f2c9a10 --client acme --json"))
def ack(
    task: Annotated[str, typer.Argument(metavar="TASK", help="Its id, or the beginning of it.")],
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Acknowledge a task: you see to it. It is over when its alert is."""
    from operations import tasks

    done = session.with_documents(
        lambda documents, _: tasks.acknowledge(documents, whoami.actor(), task, **of_client(client))
    )
    if as_json:
        output.print_json(done)
        return
    one = done.task
    if done.what == "before":
        before = f"{one.acknowledged_by} acknowledged it at {one.acknowledged_at}. Nothing was changed."
        output.show(output.plain(f"{one.title}: {before}"))
    else:
        output.show(output.plain(f"{one.title}: acknowledged."))
