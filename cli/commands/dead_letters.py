"""`nightshift dead-letters`: what failed for good, and why?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times, whoami
from cli.commands.jobs import explained, timeline
from cli.options import Json, Limit, UserFilter, examples

if TYPE_CHECKING:
    from cli.listing import Listing
    from operations.answers import Page
    from operations.dead_letters import Cause as CauseOfDeath
    from operations.dead_letters import Letter
    from operations.jobs import JobSummary
    from operations.ports import Documents
    from shared.config import Settings
    from shared.jobs.bulk import Filter

app = typer.Typer(name="dead-letters", help="Dead letters: what failed for good, and why.", no_args_is_help=True)

Queue = Annotated[str | None, typer.Option("--queue", help="Only those of this queue.")]
Class = Annotated[str | None, typer.Option("--class", help="Only those of this error class, such as Permanent.")]
Cause = Annotated[str | None, typer.Option("--cause", help="Only those of this cause: alike failures share one.")]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Only those that failed since: 2h, 3d, or an instant.")
]

_BODY_CHARACTERS = 4000
_VALUE_CHARACTERS = 80


def wanted(queue: str | None, error_class: str | None, cause: str | None, since: str | None) -> Filter:
    """Return what the filters of these commands ask for. Raises UsageError for a `since` that is no time."""
    from shared.jobs.bulk import Filter

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
        bool, typer.Option("--by-cause", help="One line per cause: its number of dead letters, and the newest.")
    ] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List dead letters, the most recently failed first. --by-cause groups them, the most frequent cause first."""
    from operations import dead_letters

    asked, by = wanted(queue, error_class, cause, since), whoami.actor()
    is_filtered = any((queue, error_class, cause, since, user))
    none = "None of the dead letters is such a one." if is_filtered else "There are no dead letters."

    async def found(documents: Documents, settings: Settings) -> tuple[Page[Any], int]:
        search = dead_letters.by_cause if by_cause else dead_letters.search
        page, there_are = await search(documents, by, asked, user=user, limit=limit)
        if not page.items:
            await dead_letters.check_filter(documents, settings, by, asked)
        return page, there_are

    page, there_are = session.with_documents(found)
    if by_cause:
        hint = "All of a cause: nightshift dead-letters replay --cause CAUSE --dry-run"
        _print_list(page, _causes_table(page.items), hint, there_are, none, as_json=as_json)
    else:
        hint = "One of them: nightshift dead-letters show ID"
        _print_list(page, _letters_table(page.items), hint, there_are, none, as_json=as_json)


def _print_list(found: Page[Any], shown: Listing, hint: str, there_are: int, none: str, *, as_json: bool) -> None:
    count = len(found.items)
    if as_json:
        output.print_json(output.items(found.items))
        return
    if not count:
        output.note(none)
        return
    output.show(shown, hint)
    if there_are > count:
        output.note(f"{count} of {there_are} are shown; more: --limit {min(there_are, 10_000)}")


def _letters_table(letters: Sequence[JobSummary]) -> Listing:
    from shared.jobs.scopes import of_queue

    shown = output.table(
        *("id", "of", "queue", "code", "class", "cause", "failed", "why"), text="why", beneath=("queue", "of", "class")
    )
    ids = output.shortened(letter.id for letter in letters)
    for letter in letters:
        reason = letter.reason or {}
        whose = "no job" if letter.scope == of_queue(letter.queue) else letter.scope
        cells = [ids[letter.id], whose, letter.queue, reason["code"], reason["class"]]
        cells += [reason["cause"], times.age(letter.last_failed_at), reason["message"]]
        shown.add_row(*map(output.plain, cells))
    return shown


def _causes_table(causes: Sequence[CauseOfDeath]) -> Listing:
    shown = output.table(
        *("letters", "cause", "code", "class", "queue", "last", "newest", "its why"),
        right=("letters",),
        text="its why",
        beneath=("queue", "class"),
    )
    ids = output.shortened(cause.example["id"] for cause in causes)
    for cause in causes:
        cells = [str(cause.count), cause.cause, cause.code, cause.class_, ", ".join(cause.queues)]
        cells += [times.age(cause.last_failed_at), ids[cause.example["id"]], cause.example["message"]]
        shown.add_row(*map(output.plain, cells))
    return shown


@app.command(epilog=examples("nightshift dead-letters show 5f2c9a", "nightshift dead-letters show 5f2c9a --json"))
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="The dead letter's id, or its beginning.")],
    user: UserFilter = None,
    as_json: Json = False,
) -> None:
    """Show one dead letter: its reason, the invalid members of its payload, its body and its history."""
    from operations import dead_letters

    letter = session.with_documents(lambda documents, _: dead_letters.get(documents, whoami.actor(), id, user=user))
    if as_json:
        output.print_json(letter)
        return
    reason, message = letter.reason or {}, letter.message or {}
    output.show(
        output.facts(
            {
                "dead letter": letter.id,
                "of": letter.scope,
                "kind": letter.kind,
                "queue": letter.queue,
                "why": explained(reason),
                "cause": reason["cause"],
                "attempts": letter.attempts,
                "crashes": letter.crashes or None,
                "first failure": letter.first_failed_at,
                "last failure": letter.last_failed_at,
                "occurrences": letter.occurrences,
                "message": message.get("id"),
                "put at": message.get("putAt"),
                "deliveries": message.get("dequeueCount"),
                "trace": letter.traceparent,
                "generation": letter.generation,
                "payload": json.dumps(letter.payload, ensure_ascii=False) if letter.payload else None,
                "body": letter.body[:_BODY_CHARACTERS] if letter.body is not None else None,
            }
        )
    )
    if reason.get("places"):
        output.show(_places(reason["places"], letter.members()))
    output.show(timeline(letter.timeline or ()), _what_now(letter))


def _what_now(letter: Letter) -> str:
    reason, replay = letter.reason or {}, f"nightshift dead-letters replay {output.short(letter.id)}"
    if reason.get("places"):
        return f"Replay it corrected: {replay} --edit FILE.json (the payload as one JSON object)"
    return f"Replay it: {replay}   All of its cause: nightshift dead-letters replay --cause {reason['cause']}"


def _places(places: list[dict[str, str]], members: Any) -> Listing:
    from rich.text import Text

    shown = output.table("place", "there", "problem", title="What is wrong with it", text="problem", beneath=("there",))
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
