"""`nightshift runs`: what ran, what runs, and what was missed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import output, session, times, whoami
from cli.confirming import confirm
from cli.options import Json, Limit, Yes, examples

if TYPE_CHECKING:
    from operations.answers import Page
    from operations.runs import CancelledRun, Run
    from shared.services import Services

app = typer.Typer(name="runs", help="Runs of scheduled jobs: the ledger.", no_args_is_help=True)

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
    """List runs, the latest slots first."""
    from operations import runs

    by = whoami.actor()
    found = session.with_documents(lambda documents, _: runs.search(documents, by, name=name, state=state, limit=limit))
    if name is not None and not found.items:
        runs.check_name(session.settings(), by, name)
    if name or state:
        none = f"No run{f' of {name}' if name else ''} is {state or 'in the ledger'}. All: nightshift runs list"
    else:
        none = "Nothing has run yet. What runs when: nightshift schedule"
    _print_list(found, limit, as_json, none)


@app.command(epilog=examples("nightshift runs missed --since 7d", "nightshift runs missed --name digest --json"))
def missed(
    name: Name = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Only slots since 90m, 2h, 3d or an instant.")
    ] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List the scheduled slots whose timer didn't fire, including those that a later run caught up."""
    from operations import runs

    begin, by = times.since(since) if since is not None else None, whoami.actor()
    found = session.with_documents(lambda documents, _: runs.missed(documents, by, name=name, since=begin, limit=limit))
    if name is not None and not found.items:
        runs.check_name(session.settings(), by, name)
    _print_list(found, limit, as_json, "No slot was missed.")


def _print_list(found: Page[Run], limit: int, as_json: bool, none: str) -> None:
    if as_json:
        output.print_json(output.items(found.items))
        return
    if not found.items:
        output.note(none)
        return
    shown = output.table(
        *("run", "state", "trigger", "shards", "failed", "took", "ended"),
        right=("shards", "failed"),
        beneath=("trigger", "took"),
    )
    for run in found.items:
        states = run.shards or {}
        lost = sum(states.get(state, 0) for state in ("dead", "cancelled", "discarded"))
        shown.add_row(
            output.plain(named(run.id)),
            _state(run.status),
            output.plain(run.trigger),
            output.plain(run.planned or None),
            output.plain(lost or None),
            _length((run.durations or {}).get("total")),
            times.age(run.ended_at),
        )
    output.show(shown)
    if len(found.items) == limit:
        output.note(f"The last {limit} are shown; more: --limit {min(10 * limit, 10_000)}")


@app.command(epilog=examples("nightshift runs show digest/2026-W48", "nightshift runs show digest --json"))
def show(run: Id, as_json: Json = False) -> None:
    """Show one run: its slot, who started it, the progress of its shards, its counters and durations."""
    from operations import runs

    found = session.with_documents(lambda documents, _: runs.get(documents, whoami.actor(), run))
    if as_json:
        output.print_json(found)
        return
    error = found.error or {}
    durations = {name: _length(seconds) for name, seconds in (found.durations or {}).items()}
    output.show(
        output.facts(
            {
                "run": named(found.id),
                "slot": f"{found.slot} ({found.slot_at})" if found.slot_at else found.slot,
                "state": found.status,
                "why": f"{error['code']} ({error['class']}): {error['message']}" if error else None,
                "covered by": found.covered_by,
                "trigger": f"{found.trigger}, by {found.by}",
                "planned": found.planned,
                "shards": _counts(found.shards),
                "counters": _counts(found.counters),
                "opened": found.opened_at,
                "ended": found.ended_at,
                "took": ", ".join(f"{name} {length}" for name, length in durations.items()),
            }
        )
    )
    if found.status == "completed_with_failures":
        output.note(f"What failed: nightshift jobs list --state dead --user '~run|{found.id}'")


@app.command(epilog=examples("nightshift runs cancel digest/2026-W48 --why 'wrong template'"))
def cancel(
    run: Id,
    why: Annotated[str | None, typer.Option("--why", metavar="TEXT", help="Kept in the timeline.")] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Cancel a run that hasn't ended, and its open shards."""
    from operations import runs

    async def work(services: Services) -> CancelledRun:
        by = whoami.actor()
        wanted, has_ended = await runs.find_job(services.documents, by, run)
        if not has_ended:
            confirm(f"Cancel run {wanted} and its open shards?", yes=yes)
        return await runs.cancel(services, by, run, why=why)

    cancelled = session.with_services(work)
    if as_json:
        output.print_json(cancelled)
        return
    output.show(f"cancelled  run {output.plain(named(cancelled.id))}")


def named(id: str) -> str:
    """Return a run's id as it is typed: a shell takes ``|`` for something else."""
    return id.replace("|", "/")


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
