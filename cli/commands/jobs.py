"""`nightshift jobs`: what was asked for, and how far is it?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import output, session, times
from cli.errors import NotFound
from cli.options import Json, Limit, UserFilter, Yes, examples

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from shared.config import Settings
    from shared.documents.port import Body, Condition, Documents
    from shared.jobs.record import Record
    from shared.services import Services

app = typer.Typer(help="Jobs: what was asked for, and how far it is.", no_args_is_help=True)

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
    """List jobs, the last changed first. Bodies that are no job's are dead letters: see dead-letters list."""

    async def work(documents: Documents, settings: Settings) -> list[Body]:
        from cli import jobs_read

        where: list[Condition] = [jobs_read.IS_JOB]
        if state is not None:
            where.append(("status", "=", state))
        if kind is not None:
            from processors.catalogue import registry

            where.append(("kind", "=", registry(settings).named(kind).name))
        return await jobs_read.summaries(documents, where, scope=user, newest_by="updatedAt", limit=limit)

    found = session.with_documents(work)
    if as_json:
        output.print_json(output.items(found))
        return
    if not found:
        output.note("No such job. Ask for one: nightshift enqueue taste --help")
        return
    shown = output.table("job", "of", "kind", "state", "attempts", "changed", "why", right=("attempts",))
    for job in found:
        shown.add_row(
            output.plain(job["id"]),
            output.plain(job["scope"]),
            output.plain(job["kind"]),
            _styled(job["status"], STATE_STYLES),
            output.plain(job["attempts"]),
            f"{times.age(job['updatedAt'])} ago",
            output.plain((job["reason"] or {}).get("code")),
        )
    output.show(shown)
    if len(found) == limit:
        output.note(f"The last {limit} are shown; more: --limit {min(10 * limit, 10_000)}")


@app.command(epilog=examples("nightshift jobs show c1646e67", "nightshift jobs show c1646e67 --user ada --json"))
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="The job's id, or its beginning.")],
    user: UserFilter = None,
    as_json: Json = False,
) -> None:
    """Show one job: its payload, its state and its timeline (each delivery, attempt, wait, and who did what when)."""

    async def work(documents: Documents, _: Settings) -> Body:
        from cli import jobs_read

        return jobs_read.view(await jobs_read.one(documents, id, scope=user), jobs_read.DETAIL)

    job = session.with_documents(work)
    if as_json:
        output.print_json(job)
        return
    output.show(*described(job))


def described(job: Body) -> tuple[Table, Table]:
    """Return what `show` prints of a job: its facts and its timeline."""
    claim = job["claim"]
    return (
        output.facts(
            {
                "job": job["id"],
                "of": job["scope"],
                "kind": job["kind"],
                "queue": job["queue"],
                "state": job["status"],
                "why": explained(job["reason"]),
                "generation": job["generation"],
                "attempts": job["attempts"],
                "crashes": job["crashes"] or None,
                "asked": job["generationBegan"],
                "due": job["due"],
                "claimed until": claim["until"] if claim else None,
                "ended": job["endedAt"],
                "payload": json.dumps(job["payload"], ensure_ascii=False) if job["payload"] else None,
            }
        ),
        timeline(job["timeline"] or ()),
    )


def explained(reason: dict[str, Any] | None) -> str | None:
    """Return why a job died, in one line."""
    return f"{reason['code']} ({reason['class']}): {reason['message']}" if reason else None


def timeline(events: Any) -> Table:
    """Return the table of a record's timeline, oldest first."""
    shown = output.table("when", "what", "details", title="Timeline")
    for event in events:
        details = "  ".join(f"{name}={value}" for name, value in event.items() if name not in ("at", "what"))
        shown.add_row(event["at"], _styled(event["what"], EVENT_STYLES), output.plain(details))
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
    """End a job that hasn't ended. A worker that runs it now writes nothing more."""

    async def work(services: Services) -> Record:
        from cli import jobs_read, operating
        from shared.jobs.kinds import JobKey
        from shared.jobs.record import LIVE

        operations = operating.operations(services)
        body = await jobs_read.one(services.documents, id, scope=user)
        held = await operations.records.get(JobKey(body["scope"], body["id"]))
        if held is not None and held.record.status in LIVE:
            operating.confirm(f"Cancel {held.record.kind} job {held.record.key.id} ({held.record.status})?", yes=yes)
        if held is None:
            raise NotFound(f"Job {id!r} is gone. See: nightshift jobs list")
        return await operations.cancel(held, why=why)

    cancelled = session.with_services(work)
    if as_json:
        output.print_json({"id": cancelled.key.id, "scope": cancelled.key.scope, "status": cancelled.status})
        return
    output.show(f"cancelled  job {cancelled.key.id}")
