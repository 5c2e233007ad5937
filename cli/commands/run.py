"""`nightshift run`: runs a scheduled job by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, progress, session, times, whoami
from cli.commands.runs import named
from cli.errors import Failed
from cli.explaining import still
from cli.options import Json, Timeout, examples

if TYPE_CHECKING:
    from operations.explanations import Explanation
    from operations.runs import Run
    from shared.jobs.runs.opening import Opened
    from shared.services import Services

app = typer.Typer()

_HINTS = {
    "failed": "Mend the cause, then let it go on: nightshift dead-letters replay {id!r}",
    "completed_with_failures": "See: nightshift jobs list --state dead --user '~run|{id}'",
    "cancelled": "To run the slot again: add --force",
}


@app.command(
    epilog=examples("nightshift run digest --wait", "nightshift run digest --user ada", "nightshift run moods --force")
)
def run(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which run; nightshift schedule lists them.")],
    slot: Annotated[
        str | None,
        typer.Option("--slot", metavar="SLOT", help="2026-W48, 2026-11-23 or an instant. Default: the latest."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Run the slot again though it has run before.")] = False,
    user: Annotated[
        str | None, typer.Option("--user", metavar="USER", help="Only for this user: a new run of the slot (digest).")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended; exit 1 unless it completed.")] = False,
    timeout: Timeout = 3600.0,
    as_json: Json = False,
) -> None:
    """Run a scheduled job now: its latest slot, or the one given. A slot that has run needs --force."""

    from operations import runs

    async def work(services: Services) -> tuple[Opened, Run | None, Explanation | None]:
        by = whoami.actor()
        opened = await runs.start(services, by, name, slot=slot, force=force, user=user)
        if not wait:
            entry = await runs.get(services.documents, by, opened.id) if opened.what == "duplicate" else None
            return opened, entry, None
        entry = await _until_ended(services, opened, timeout)
        is_open = entry is None or not entry.is_over
        return opened, entry, await runs.explain(services, by, opened) if is_open else None

    opened, entry, explanation = session.with_services(work)
    status = entry.status if entry else opened.status
    if as_json:
        output.print_json({"answer": opened.what, "id": opened.id, "status": status, "run": entry})
    else:
        output.show(f"{opened.what}  run {named(opened.id)}  {status}")
        if opened.what == "duplicate":
            output.note(_when(entry))
    if wait and status != "completed":
        raise Failed(_explained(opened, entry, explanation))


def _when(entry: Run | None) -> str:
    """Return when the run of a slot that is asked for again was made."""
    if entry is None or not entry.is_over:
        since = f" since {times.short(entry.opened_at)}" if entry and entry.opened_at else ""
        return f"It is under way{since}. For another run of the slot: add --force"
    ago = f" {times.age(entry.ended_at)} (at {times.short(entry.ended_at)})" if entry.ended_at else ""
    return f"The slot has run already: {entry.status}{ago}. To run it again: add --force"


async def _until_ended(services: Services, opened: Opened, limit_seconds: float) -> Run | None:
    """Return the run once it has ended, else as it is when the time is up (None: no worker has seen it)."""
    from operations import runs

    run = None
    with progress.share(f"Run {opened.id}") as show:
        async for seen in runs.watch(services, whoami.actor(), opened, limit_seconds):
            run = seen.run
            show(seen.ended, seen.shards or None)
    return run


def _explained(opened: Opened, entry: Run | None, explanation: Explanation | None) -> str:
    if entry is None or not entry.is_over:
        what = still(f"Run {named(opened.id)}", entry.status if entry else opened.status, explanation)
        return f"{what} See: nightshift runs show {named(opened.id)}"
    error = entry.error or {}
    why = f" ({error['code']}: {error['message']})" if error else ""
    hint = _HINTS.get(entry.status, "").format(id=opened.id)
    return f"Run {named(opened.id)} is {entry.status}{why}. {hint}"
