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
    from rich.table import Table

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
_VALUE_CHARACTERS = 80


def wanted(queue: str | None, error_class: str | None, cause: str | None, since: str | None) -> Filter:
    """Return what the filters of these commands ask for. Raises UsageError for a `since` that is no time."""
    from shared.jobs.operations import Filter

    return Filter(queue, error_class, cause, times.since(since) if since is not None else None)


@app.command(
    "list",
    epilog=examples(
        "nightshift dead-letters list --by-cause",
        "nightshift dead-letters list --since 2h",
        "nightshift dead-letters list --class BadMessage",
    ),
)
def list_(
    queue: Queue = None,
    error_class: Class = None,
    cause: Cause = None,
    since: Since = None,
    user: UserFilter = None,
    by_cause: Annotated[
        bool, typer.Option("--by-cause", help="One line per cause: how many died of it, and the newest of them.")
    ] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List dead letters, the last failed first; or, with --by-cause, what they died of, the most frequent first."""

    async def work(documents: Documents, _: Settings) -> tuple[list[dict[str, Any]], int]:
        from cli import causes, jobs_read
        from shared.documents.containers import JOBS

        where = wanted(queue, error_class, cause, since).conditions("dead")
        if by_cause:
            dead = documents.query(JOBS, partition=user, where=where, select=causes.MEMBERS)
            found = causes.grouped([letter.body async for letter in dead])
            return found[:limit], len(found)
        letters = await jobs_read.summaries(documents, where, scope=user, newest_by="lastFailedAt", limit=limit)
        return letters, await documents.count(JOBS, partition=user, where=where)

    found, there_are = session.with_documents(work)
    if as_json:
        output.print_json(output.items(found))
        return
    if not found:
        output.note("No such dead letter.")
        return
    if by_cause:
        output.show(_causes_table(found), "All of a cause: nightshift dead-letters replay --cause CAUSE --dry-run")
    else:
        output.show(_letters_table(found), "One of them: nightshift dead-letters show ID")
    if there_are > len(found):
        output.note(f"{len(found)} of {there_are} are shown; more: --limit {min(there_are, 10_000)}")


def _letters_table(letters: list[dict[str, Any]]) -> Table:
    from cli.jobs_read import short

    shown = output.table("id", "of", "queue", "code", "class", "cause", "failed", "why")
    for letter in letters:
        reason = letter["reason"]
        whose = "no job" if letter["scope"] == letter["queue"] else letter["scope"]
        cells = [short(letter["id"]), whose, letter["queue"], reason["code"], reason["class"]]
        cells += [reason["cause"], f"{times.age(letter['lastFailedAt'])} ago", reason["message"]]
        shown.add_row(*map(output.plain, cells))
    return shown


def _causes_table(causes: list[dict[str, Any]]) -> Table:
    from cli.jobs_read import short

    shown = output.table("letters", "cause", "code", "class", "queue", "last", "newest", "its why", right=("letters",))
    for cause in causes:
        cells = [cause["count"], cause["cause"], cause["code"], cause["class"], ", ".join(cause["queues"])]
        cells += [f"{times.age(cause['lastFailedAt'])} ago", short(cause["example"]["id"]), cause["example"]["message"]]
        shown.add_row(*map(output.plain, cells))
    return shown


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
        output.show(_places(reason["places"], _members(letter)))
    output.show(timeline(letter["timeline"] or ()), _what_now(letter))


def _what_now(letter: dict[str, Any]) -> str:
    from cli.jobs_read import short

    replay = f"nightshift dead-letters replay {short(letter['id'])}"
    if letter["reason"].get("places"):
        return f"Replay it corrected: {replay} --edit FILE.json (the payload as one JSON object)"
    return f"Replay it: {replay}   All of its cause: nightshift dead-letters replay --cause {letter['reason']['cause']}"


def _members(letter: dict[str, Any]) -> Any:
    """Return the payload's members as far as there are any."""
    from shared.jobs import messages

    if letter["raw"] is None:
        return letter["payload"]
    try:
        return messages.decode(base64.b64decode(letter["raw"]))
    except messages.BadMessage:
        return None


def _places(places: list[dict[str, str]], members: Any) -> Table:
    from rich.text import Text

    shown = output.table("place", "there", "problem", title="What is wrong with it")
    for place in places:
        problem = Text(output.plain(place["problem"]), style="red")
        shown.add_row(output.plain(place["at"]), output.plain(_value_at(members, place["at"])), problem)
    return shown


def _value_at(members: Any, place: str) -> str:
    """Return what stands at a place such as ``tags.3``, as JSON; nothing when nothing does."""
    value = members
    for step in place.split("."):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return ""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _VALUE_CHARACTERS else f"{text[:_VALUE_CHARACTERS]}…"
