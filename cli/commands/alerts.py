"""`nightshift alerts`: which alerts fire or are silenced, and what was sent?"""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session, times, whoami
from cli.options import Client, Json, Limit, examples, of_client
from shared.errors import UsageError

app = typer.Typer(
    name="alerts",
    help="Alerts and alert rules.",
    no_args_is_help=True,
)


@app.command(epilog=examples("nightshift alerts states", "nightshift alerts states --client acme --json"))
def states(client: Client = None, as_json: Json = False) -> None:
    """List the state of each (rule, scope), firing alerts first."""
    from operations import alerts

    found = session.with_documents(lambda documents, _: alerts.states(documents, whoami.actor(), **of_client(client)))
    if as_json:
        output.print_json(found)
        return
    if not found.items:
        output.note("Nothing has been evaluated yet.")
        return
    ids = output.shortened(one.rule for one in found.items)
    shown = output.table(
        *("rule", "name", "scope", "state", "since", "fires since", "evaluated", "silent until", "why"),
        text="why",
        beneath=("silent until", "evaluated"),
    )
    for one in found.items:
        instants = (one.since, one.firing_since, one.evaluated_at)
        ages = [times.age(instant) for instant in instants]
        cells = [ids[one.rule], one.name, one.scope, one.state, *ages, times.short(one.silenced_until), one.reason]
        shown.add_row(*map(output.plain, cells))
    output.show(shown)


@app.command(
    epilog=examples(
        "nightshift alerts silence pickup-rate merchant:m1 --for 2h --reason 'their line is being moved'",
        "nightshift alerts silence pickup-rate merchant:m1 --end",
        "nightshift alerts silence 'Model costs' org:acme --for 1d --client acme",
    )
)
def silence(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="pickup-rate; or a rule's id or name.")],
    scope: Annotated[str, typer.Argument(metavar="SCOPE", help="As nightshift alerts states has it.")],
    length: Annotated[str | None, typer.Option("--for", metavar="TIME", help="Such as 30m, 2h or 3d.")] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Reason, shown with the silence.")] = "",
    end: Annotated[bool, typer.Option("--end", help="End the silence now.")] = False,
    client: Client = None,
) -> None:
    """Silence the alerts of a (rule, scope) for a time. One that still fires afterwards is sent then."""
    if end == bool(length):
        raise UsageError("Say how long with --for 2h, or end the silence with --end.")
    from operations import alerts
    from shared import clock

    until = None if end else clock.now() + times.duration(length or "")

    silenced = session.with_documents(
        lambda documents, _: alerts.silence(
            documents, whoami.actor(), rule, scope, until, reason=reason, **of_client(client)
        )
    )

    state = f"silent until {clock.to_text(until)}" if until else "told again"
    output.show(output.plain(f"{silenced} of {scope} is {state}"))


@app.command(epilog=examples("nightshift alerts history", "nightshift alerts history --scope global --since 7d --json"))
def history(
    scope: Annotated[str | None, typer.Option("--scope", metavar="SCOPE", help="Only this scope's.")] = None,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Such as 2h or 7d ago.")] = "30d",
    client: Client = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List the notifications that were sent, the latest first, with their channels."""
    begin = times.since(since)
    from operations import alerts

    found = session.with_documents(
        lambda documents, _: alerts.history(
            documents, whoami.actor(), begin, scope=scope, limit=limit, **of_client(client)
        )
    )
    if as_json:
        output.print_json(output.items(found.items))
        return
    if not found.items:
        output.note("No notification was sent in that time.")
        return
    shown = output.table("when", "rule", "scope", "what", "sent by", "title", text="title", beneath=("sent by",))
    for one in found.items:
        sent = ", ".join(one.sent) or "nobody yet"
        cells = [times.short(one.at), one.rule, one.scope, one.kind, sent, one.title]
        shown.add_row(*map(output.plain, cells))
    output.show(shown)
