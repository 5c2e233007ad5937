"""`nightshift jobs`: what was asked for, and how far is it?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import output, session, times, whoami
from cli.confirming import confirm
from cli.explaining import told
from cli.options import Json, Limit, UserFilter, Yes, examples

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from cli.listing import Listing
    from operations.answers import Page
    from operations.jobs import Cancelled, ListedJob, ShownJob
    from operations.ports import Documents
    from shared.config import Settings
    from shared.services import Services

app = typer.Typer(name="jobs", help="Jobs: their state and history.", no_args_is_help=True)

State = Literal["queued", "running", "waiting", "completed", "dead", "cancelled", "discarded"]
EVENT_STYLES = {"completed": "green", "dead": "red", "attempt failed": "yellow", "held": "yellow", "replayed": "cyan"}
STATE_STYLES = {"completed": "green", "dead": "red", "running": "cyan", "waiting": "yellow"}


@app.command(
    "list",
    epilog=examples("nightshift jobs list --user ada", "nightshift jobs list --state waiting --kind taste --json"),
)
def list_(
    state: Annotated[State | None, typer.Option("--state", help="Only those in this state.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only those of this kind, such as taste.")] = None,
    user: UserFilter = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List jobs, the most recently changed first. Invalid messages are dead letters: see dead-letters list."""
    from operations import jobs

    async def work(documents: Documents, settings: Settings) -> tuple[Page[ListedJob], int]:
        by = whoami.actor()
        found = await jobs.search(documents, settings, by, state=state, kind=kind, user=user, limit=limit)
        return found, await jobs.count_unrecorded(documents, by, user=user)

    found, unrecorded = session.with_documents(work)
    if as_json:
        output.print_json(output.items(found.items))
        return
    if unrecorded:
        held = "1 message waits" if unrecorded == 1 else f"{unrecorded} messages wait"
        output.note(f"{held} at a gate to begin a job, and aren't listed. See: nightshift gates list")
    if not found.items:
        output.note(_none(state, kind, user))
        return
    shown = output.table(
        *("job", "of", "kind", "state", "attempts", "changed", "why"), right=("attempts",), text="why", beneath=("of",)
    )
    ids = output.shortened(job.id for job in found.items)
    for job in found.items:
        shown.add_row(
            output.plain(ids[job.id]),
            output.plain(job.scope),
            output.plain(job.kind),
            _styled(job.status, STATE_STYLES),
            output.plain(job.attempts),
            times.age(job.updated_at),
            output.plain(job.reason["code"] if job.reason else told(job.explanation)),
        )
    output.show(shown)
    if len(found.items) == limit:
        output.note(f"The last {limit} are shown; more: --limit {min(10 * limit, 10_000)}")


def _none(state: str | None, kind: str | None, user: str | None) -> str:
    """Return what is said when no job is such a one."""
    if not (state or kind or user):
        return "Nothing has been asked for yet. Enqueue a like: nightshift enqueue taste --help"
    of = f" of {user}" if user else ""
    return f"No {f'{kind} job' if kind else 'job'}{of} is {state or 'there'}."


@app.command(epilog=examples("nightshift jobs show c1646e67", "nightshift jobs show c1646e67 --user ada --json"))
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="The job's id, or its beginning.")],
    user: UserFilter = None,
    as_json: Json = False,
) -> None:
    """Show one job: its payload, its state and its timeline (each delivery, attempt, wait, and who did what when)."""
    from operations import jobs

    job = session.with_documents(
        lambda documents, settings: jobs.get(documents, settings, whoami.actor(), id, user=user)
    )
    if as_json:
        output.print_json(job)
        return
    output.show(*described(job))


def described(job: ShownJob) -> tuple[Table, Listing]:
    """Return what `show` prints of a job: its facts and its timeline."""
    return (
        output.facts(
            {
                "job": job.id,
                "of": job.scope,
                "kind": job.kind,
                "queue": job.queue,
                "state": job.status,
                "why": told(job.explanation),
                "generation": job.generation,
                "attempts": job.attempts,
                "crashes": job.crashes or None,
                "asked": job.generation_began,
                "due": job.due,
                "claimed until": job.claim["until"] if job.claim else None,
                "ended": job.ended_at,
                "payload": json.dumps(job.payload, ensure_ascii=False) if job.payload else None,
            }
        ),
        timeline(job.timeline or ()),
    )


def explained(reason: dict[str, Any] | None) -> str | None:
    """Return why a job died, in one line."""
    return f"{reason['code']} ({reason['class']}): {reason['message']}" if reason else None


def timeline(events: Any) -> Listing:
    """Return the table of a record's timeline, oldest first."""
    shown = output.table("when", "what", "details", title="Timeline", text="details")
    for event in events:
        details = "  ".join(f"{name}={value}" for name, value in event.items() if name not in ("at", "what"))
        shown.add_row(times.short(event["at"]), _styled(event["what"], EVENT_STYLES), output.plain(details))
    return shown


def _styled(word: str, styles: dict[str, str]) -> Text:
    from rich.text import Text

    return Text(output.plain(word), style=styles.get(word, ""))


@app.command(epilog=examples("nightshift jobs cancel 5f2c9a --why 'asked for by mistake'"))
def cancel(
    id: Annotated[str, typer.Argument(metavar="ID", help="The job's id, or its beginning.")],
    user: UserFilter = None,
    why: Annotated[str | None, typer.Option("--why", metavar="TEXT", help="Kept in the timeline.")] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Cancel a job that hasn't ended. A worker that runs it now writes nothing more."""

    from operations import jobs

    async def work(services: Services) -> Cancelled:
        by = whoami.actor()
        job = await jobs.get(services.documents, services.settings, by, id, user=user)
        if job.is_live:
            confirm(f"Cancel {job.kind} job {job.id} ({job.status})?", yes=yes)
        return await jobs.cancel(services, by, job.id, user=job.scope, why=why)

    cancelled = session.with_services(work)
    if as_json:
        output.print_json(cancelled)
        return
    output.show(f"cancelled  job {cancelled.id}")
