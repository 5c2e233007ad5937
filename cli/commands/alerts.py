"""`nightshift alerts`: what fires, what is silent, and what was told?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times, whoami
from cli.options import Json, Limit, examples
from shared.errors import UsageError

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.documents.port import Documents

app = typer.Typer(help="Alerts: their states, silences and history.", no_args_is_help=True)


@app.command(epilog=examples("nightshift alerts states", "nightshift alerts states --json"))
def states(as_json: Json = False) -> None:
    """List the state of each (rule, scope): those that fire first."""

    async def work(documents: Documents, _: Settings) -> list[dict[str, Any]]:
        from shared import alert_states

        return [_view(body) async for body in alert_states.all_of(documents)]

    found = sorted(session.with_documents(work), key=lambda one: (not one["firingSince"], one["rule"], one["scope"]))
    if as_json:
        output.print_json(output.items(found))
        return
    if not found:
        output.note("Nothing has been evaluated yet.")
        return
    shown = output.table("rule", "scope", "state", "since", "fires since", "evaluated", "silent until", "why")
    for one in found:
        ages = [f"{times.age(one[name])} ago" if one[name] else "" for name in ("since", "firingSince", "evaluatedAt")]
        cells = [one["rule"], one["scope"], one["state"], *ages, one["silencedUntil"], one["reason"]]
        shown.add_row(*map(output.plain, cells))
    output.show(shown)


@app.command(
    epilog=examples(
        "nightshift alerts silence pickup-rate merchant:m1 --for 2h --reason 'their line is being moved'",
        "nightshift alerts silence pickup-rate merchant:m1 --end",
    )
)
def silence(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Such as pickup-rate.")],
    scope: Annotated[str, typer.Argument(metavar="SCOPE", help="As nightshift alerts states has it.")],
    length: Annotated[str | None, typer.Option("--for", metavar="TIME", help="Such as 30m, 2h or 3d.")] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; shown to whoever wonders.")] = "",
    end: Annotated[bool, typer.Option("--end", help="End the silence now.")] = False,
) -> None:
    """Tell nobody of a (rule, scope) for a time. What still fires then is told after it."""
    if end == bool(length):
        raise UsageError("Say how long with --for 2h, or end the silence with --end.")
    until = None if end else _until(length or "")

    async def work(documents: Documents, _: Settings) -> None:
        from shared import alert_states, audit, clock

        by = whoami.operator()
        await alert_states.silence(documents, rule, scope, until, by=by, why=reason)
        told = clock.to_text(until) if until else None
        await audit.write(documents, "silence alert", by=by, rule=rule, of=scope, why=reason or None, until=told)

    session.with_documents(work)
    from shared import clock

    state = f"silent until {clock.to_text(until)}" if until else "told again"
    output.show(output.plain(f"{rule} of {scope} is {state}"))


@app.command(epilog=examples("nightshift alerts history", "nightshift alerts history --scope global --since 7d --json"))
def history(
    scope: Annotated[str | None, typer.Option("--scope", metavar="SCOPE", help="Only this scope's.")] = None,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Such as 2h or 7d ago.")] = "30d",
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List what was told, the latest first, and through which channels it went."""
    begin = times.since(since)

    async def work(documents: Documents, _: Settings) -> list[dict[str, Any]]:
        from shared import clock
        from shared.alert_states import SYSTEM
        from shared.documents.containers import ALERT_EVENTS

        where: list[Any] = [("at", ">=", clock.to_text(begin)), *([("scope", "=", scope)] if scope else [])]
        query = documents.query(ALERT_EVENTS, partition=SYSTEM, where=where, order_by="-at", limit=limit)
        return [document.body async for document in query]

    members = ("id", "rule", "scope", "kind", "at", "title", "text", "facts", "sent")
    found = [{name: body[name] for name in members} for body in session.with_documents(work)]
    if as_json:
        output.print_json(output.items(found))
        return
    if not found:
        output.note("Nothing was told in that time.")
        return
    shown = output.table("when", "rule", "scope", "what", "title", "sent by")
    for one in found:
        sent = ", ".join(one["sent"]) or "nobody yet"
        cells = [one["at"], one["rule"], one["scope"], one["kind"], one["title"], sent]
        shown.add_row(*map(output.plain, cells))
    output.show(shown)


def _until(text: str) -> datetime:
    from shared import clock

    length = clock.now() - times.since(text)
    if length.total_seconds() <= 0:
        raise UsageError(f"{text!r} is no length of time. Write 30m, 2h or 3d.")
    return clock.now() + length


def _view(body: dict[str, Any]) -> dict[str, Any]:
    state = body["state"]
    return {
        "rule": body["rule"],
        "scope": body["scope"],
        "state": body["status"],
        "since": state.get("since"),
        "firingSince": state.get("fired_at"),
        "evaluatedAt": body.get("evaluatedAt") or None,
        "verdict": body.get("verdict"),
        "reason": body.get("reason", ""),
        "silencedUntil": state.get("silenced_until"),
        "unsent": len(body["outbox"]),
    }
