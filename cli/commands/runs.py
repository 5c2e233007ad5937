"""`nightshift runs`: what ran, what runs, and what was missed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import output, session, times
from cli.errors import NotFound
from cli.options import Json, Limit, Yes, examples
from shared.errors import UsageError

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.documents.port import Condition, Documents
    from shared.jobs.record import Record
    from shared.services import Services

app = typer.Typer(help="Runs of scheduled jobs: the ledger.", no_args_is_help=True)

State = Literal[
    "planning", "running", "fan-in", "completed", "completed_with_failures", "failed", "missed", "cancelled"
]
STATE_STYLES = {
    "completed": "green", "completed_with_failures": "yellow", "failed": "red", "missed": "red", "cancelled": "yellow",
    "planning": "cyan", "running": "cyan", "fan-in": "cyan",
}  # fmt: skip
Name = Annotated[str | None, typer.Option("--name", metavar="NAME", help="Only this job's runs.")]
Id = Annotated[
    str, typer.Argument(metavar="RUN", help="NAME/SLOT, such as digest/2026-W48; NAME alone is its latest run.")
]


@app.command(
    "list", epilog=examples("nightshift runs list", "nightshift runs list --name digest --state failed --json")
)
def list_(
    name: Name = None,
    state: Annotated[State | None, typer.Option("--state", help="Only those in this state.")] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List runs, those of the latest slots first."""
    _list([("status", "=", state)] if state else [], name, limit, as_json, "No such run. See: nightshift schedule")


@app.command(epilog=examples("nightshift runs missed --since 7d", "nightshift runs missed --name digest --json"))
def missed(
    name: Name = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Only slots since 90m, 2h, 3d or an instant.")
    ] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List the slots that no timer rang for, those caught up by a later run included."""
    from shared import clock

    where: list[Condition] = [("status", "=", "missed")]
    if since is not None:
        where.append(("slotAt", ">=", clock.to_text(times.since(since))))
    _list(where, name, limit, as_json, "No slot was missed.")


def _list(where: list[Condition], name: str | None, limit: int, as_json: bool, none: str) -> None:
    async def work(documents: Documents, _: Settings) -> list[dict[str, Any]]:
        from cli import runs_read

        return await runs_read.entries(documents, where, name=name, limit=limit)

    found = session.with_documents(work)
    if as_json:
        output.print_json(output.items(found))
        return
    if not found:
        output.note(none)
        return
    shown = output.table("run", "state", "trigger", "shards", "failed", "took", "ended", right=("shards", "failed"))
    for entry in found:
        states = entry["shards"] or {}
        lost = sum(states.get(state, 0) for state in ("dead", "cancelled", "discarded"))
        shown.add_row(
            output.plain(entry["id"]),
            _state(entry["status"]),
            output.plain(entry["trigger"]),
            output.plain(entry["planned"] or None),
            output.plain(lost or None),
            _length((entry["durations"] or {}).get("total")),
            f"{times.age(entry['endedAt'])} ago" if entry["endedAt"] else "",
        )
    output.show(shown)
    if len(found) == limit:
        output.note(f"The last {limit} are shown; more: --limit {min(10 * limit, 10_000)}")


@app.command(epilog=examples("nightshift runs show digest/2026-W48", "nightshift runs show digest --json"))
def show(run: Id, as_json: Json = False) -> None:
    """Show one run: its slot, who asked for it, how far its shards are, what it counted, how long it took."""

    async def work(documents: Documents, _: Settings) -> dict[str, Any]:
        from cli import runs_read
        from shared.jobs.runs import shards

        entry = await runs_read.one(documents, run)
        if entry["endedAt"] is None and entry["status"] != "missed":
            entry["shards"] = await shards.by_state(documents, entry["id"])
        return entry

    entry = session.with_documents(work)
    if as_json:
        output.print_json(entry)
        return
    error = entry["error"] or {}
    durations = {name: _length(seconds) for name, seconds in (entry["durations"] or {}).items()}
    output.show(
        output.facts(
            {
                "run": entry["id"],
                "slot": f"{entry['slot']} ({entry['slotAt']})" if entry["slotAt"] else entry["slot"],
                "state": entry["status"],
                "why": f"{error['code']} ({error['class']}): {error['message']}" if error else None,
                "covered by": entry["coveredBy"],
                "trigger": f"{entry['trigger']}, by {entry['by']}",
                "planned": entry["planned"],
                "shards": _counts(entry["shards"]),
                "counters": _counts(entry["counters"]),
                "opened": entry["openedAt"],
                "ended": entry["endedAt"],
                "took": ", ".join(f"{name} {length}" for name, length in durations.items()),
            }
        )
    )
    if entry["status"] == "completed_with_failures":
        output.note(f"What failed: nightshift jobs list --state dead --user '{entry['id']}'")


@app.command(epilog=examples("nightshift runs cancel digest/2026-W48 --why 'wrong template'"))
def cancel(
    run: Id,
    why: Annotated[str | None, typer.Option("--why", metavar="TEXT", help="Kept in the timeline.")] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """End a run that hasn't ended, and every shard of it that hasn't."""

    async def work(services: Services) -> Record:
        from cli import operating, runs_read
        from shared.jobs.kinds import JobKey

        operations = operating.operations(services)
        name, wanted = runs_read.key_of(run)
        if not wanted:
            raise UsageError(f"Which run of {name!r}? Give its slot: nightshift runs cancel {name}/SLOT")
        held = await operations.records.get(JobKey(name, wanted))
        if held is None:
            raise NotFound(f"There is no run {run!r} that could be cancelled. See: nightshift runs list")
        if not held.record.ended:
            operating.confirm(f"Cancel run {wanted} and its open shards?", yes=yes)
        return await operations.cancel(held, why=why)

    cancelled = session.with_services(work)
    if as_json:
        output.print_json({"id": cancelled.key.id, "status": cancelled.status})
        return
    output.show(f"cancelled  run {output.plain(cancelled.key.id)}")


def _state(word: str) -> Any:
    from rich.text import Text

    return Text(output.plain(word), style=STATE_STYLES.get(word, ""))


def _counts(of: dict[str, int] | None) -> str | None:
    return ", ".join(f"{count} {what}" for what, count in (of or {}).items()) or None


def _length(seconds: float | None) -> str:
    from datetime import timedelta

    if seconds is None:
        return ""
    return f"{seconds:.1f} s" if seconds < 60 else times.length(timedelta(seconds=seconds))
