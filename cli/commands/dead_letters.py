"""`nightshift dead-letters`: what failed for good, and why?"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times
from cli.commands.jobs import explained, timeline
from cli.options import Json, Limit, UserFilter, examples

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.documents.port import Body, Condition, Documents
    from shared.jobs.operations import Filter

app = typer.Typer(help="Dead letters: what failed for good, and why.", no_args_is_help=True)

Queue = Annotated[str | None, typer.Option("--queue", help="Only those of this queue.")]
Class = Annotated[str | None, typer.Option("--class", help="Only those of this error class, such as Permanent.")]
Cause = Annotated[str | None, typer.Option("--cause", help="Only those of this cause: alike failures share one.")]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Only those failed since: 2h, 3d, or an instant.")
]

_BODY_CHARACTERS = 4000


def wanted(queue: str | None, error_class: str | None, cause: str | None, since: str | None) -> Filter:
    """Return what the filters of these commands ask for. Raises UsageError for a `since` that is no time."""
    from shared.jobs.operations import Filter

    return Filter(queue, error_class, cause, times.since(since) if since is not None else None)


@app.command(
    "list",
    epilog=examples("nightshift dead-letters list --since 2h", "nightshift dead-letters list --class BadMessage"),
)
def list_(
    queue: Queue = None,
    error_class: Class = None,
    cause: Cause = None,
    since: Since = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List dead letters, the last failed first."""

    async def work(documents: Documents, _: Settings) -> list[Body]:
        from cli import jobs_read

        where = wanted(queue, error_class, cause, since).conditions("dead")
        return await jobs_read.summaries(documents, where, scope=None, newest_by="lastFailedAt", limit=limit)

    found = session.with_documents(work)
    if as_json:
        output.print_json(output.items(found))
        return
    if not found:
        output.note("No such dead letter.")
        return
    shown = output.table("id", "of", "queue", "code", "class", "cause", "failed", "why")
    for letter in found:
        reason = letter["reason"]
        cells = [letter["id"][:12], letter["scope"], letter["queue"], reason["code"], reason["class"], reason["cause"]]
        cells += [f"{times.age(letter['lastFailedAt'])} ago", reason["message"]]
        shown.add_row(*map(output.plain, cells))
    output.show(shown, "One of them: nightshift dead-letters show ID")


@app.command(epilog=examples("nightshift dead-letters show 5f2c9a", "nightshift dead-letters show 5f2c9a --json"))
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="The dead letter's id, or its beginning.")],
    user: UserFilter = None,
    as_json: Json = False,
) -> None:
    """Show one dead letter: why it died, what is wrong at which place of its payload, its body and its history."""

    async def work(documents: Documents, _: Settings) -> Body:
        from cli import jobs_read

        dead: list[Condition] = [("status", "=", "dead")]
        return jobs_read.view(await jobs_read.one(documents, id, scope=user, where=dead), jobs_read.DETAIL)

    letter = session.with_documents(work)
    body = None if letter["raw"] is None else base64.b64decode(letter["raw"]).decode("utf-8", "backslashreplace")
    if as_json:
        output.print_json({**letter, "body": body})
        return
    reason, message = letter["reason"], letter["message"] or {}
    output.show(
        output.facts(
            {
                "dead letter": letter["id"],
                "of": letter["scope"],
                "kind": letter["kind"],
                "queue": letter["queue"],
                "why": explained(reason),
                "cause": reason["cause"],
                "attempts": letter["attempts"],
                "crashes": letter["crashes"] or None,
                "first failure": letter["firstFailedAt"],
                "last failure": letter["lastFailedAt"],
                "occurrences": letter["occurrences"],
                "message": message.get("id"),
                "put at": message.get("putAt"),
                "deliveries": message.get("dequeueCount"),
                "trace": letter["traceparent"],
                "generation": letter["generation"],
                "payload": json.dumps(letter["payload"], ensure_ascii=False) if letter["payload"] else None,
                "body": body[:_BODY_CHARACTERS] if body is not None else None,
            }
        )
    )
    if reason.get("places"):
        output.show(_places(reason["places"]))
    output.show(timeline(letter["timeline"] or ()))


def _places(places: list[dict[str, str]]) -> Any:
    shown = output.table("place", "problem", title="What is wrong with it")
    for place in places:
        shown.add_row(output.plain(place["at"]), output.plain(place["problem"]))
    return shown
