"""`nightshift jobs follow`: what happens to a job, as it happens, until it has ended?"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times, whoami
from cli.commands.jobs import app
from cli.errors import Failed
from cli.explaining import told
from cli.options import Json, Timeout, UserFilter, examples
from shared.errors import UsageError

if TYPE_CHECKING:
    from operations.following import Change
    from operations.ports import Documents
    from shared.config import Settings

_WHEN = len("22 Nov 02:31")


@app.command(epilog=examples("nightshift jobs follow c1646e67", "nightshift jobs follow --user ada"))
def follow(
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The job's id, or its beginning.")] = None,
    user: UserFilter = None,
    timeout: Timeout = 600.0,
    as_json: Json = False,
) -> None:
    """Follow a job, or all open jobs of a user, until they have ended: each event, and why nothing happens meanwhile.

    Exits 1 unless all completed. With --json each change is one line. Ctrl-C stops following, not the jobs.
    """
    from operations import following

    if id is None and user is None:
        raise UsageError("Name a job by its ID, or a user by --user.")

    async def work(documents: Documents, settings: Settings) -> dict[tuple[str, str], Change]:
        last: dict[tuple[str, str], Change] = {}
        changes = following.follow(documents, settings, whoami.actor(), start=id, user=user, limit_seconds=timeout)
        async with aclosing(changes) as coming:  # type: ignore[type-var]
            async for change in coming:
                last[change.scope, change.id] = change
                _show(change, as_json=as_json)
        return last

    last = session.with_documents(work)
    if not last:
        output.note(f"No job of {user} is open. See: nightshift jobs list --user {user}")
    open_ones = [change for change in last.values() if not change.ended]
    if open_ones:
        count = output.counted(len(open_ones), "job")
        raise Failed(f"{count} not ended after {timeout:g} s: the last lines say what keeps it.")
    missed = [change for change in last.values() if change.status != "completed"]
    if missed:
        raise Failed(f"{output.counted(len(missed), 'job')} of {len(last)} not completed. See: nightshift jobs show ID")


def _show(change: Change, *, as_json: bool) -> None:
    if as_json:
        from operations.answers import to_json

        output.print_json_line(to_json(change))
        return
    name = output.short(change.id)
    for event in change.events:
        details = "  ".join(f"{key}={value}" for key, value in event.items() if key not in ("at", "what"))
        output.show(f"{times.short(event['at']):{_WHEN}}  {name}  {event['what']}  {details}".rstrip())
    if change.ended:
        output.show(f"{'':{_WHEN}}  {name}  {change.status}" + _reason(change))
    elif why := told(change.explanation):
        output.show(f"{'':{_WHEN}}  {name}  {change.status}: {why}")


def _reason(change: Change) -> Any:
    return f": {change.explanation.why}" if change.explanation.why else ""
