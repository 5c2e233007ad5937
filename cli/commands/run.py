"""`nightshift run`: how is a scheduled job run by hand?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session
from cli.errors import Failed
from cli.options import Json, Timeout
from shared.errors import UsageError

if TYPE_CHECKING:
    from shared.jobs.runs.opening import Opened
    from shared.services import Services

_HINTS = {
    "failed": "Mend the cause, then let it go on: nightshift dead-letters replay {id!r}",
    "completed_with_failures": "See: nightshift jobs list --state dead --user {id!r}",
    "cancelled": "Run the slot anew: add --force",
}


def run(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which run; nightshift schedule lists them.")],
    slot: Annotated[
        str | None,
        typer.Option("--slot", metavar="SLOT", help="2026-W48, 2026-11-23 or an instant. Default: the latest."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make a new run of the slot, though it has run before.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended; exit 1 unless it completed.")] = False,
    timeout: Timeout = 3600.0,
    as_json: Json = False,
) -> None:
    """Run a scheduled job now: its latest slot, or the one given. What has run is run again only by --force."""

    async def work(services: Services) -> tuple[Opened, dict[str, Any] | None]:
        from cli import run_waiting
        from cli.whoami import operator
        from processors.catalogue import run_definitions
        from shared import clock
        from shared.jobs.runs.opening import open_run

        definition = run_definitions(services.settings).named(name)
        now = clock.now()
        wanted = definition.slots.named(slot) if slot else definition.slots.latest(now)
        if wanted.at > now + definition.earliness:
            raise UsageError(f"Slot {wanted.text} is yet to come, at {clock.to_text(wanted.at)}: its timer runs it.")
        opened = await open_run(services, definition, wanted, trigger="manual", by=operator(), force=force)
        return opened, await run_waiting.until_ended(services, opened, timeout) if wait else None

    opened, entry = session.with_services(work)
    status = (entry or {}).get("status") or opened.status
    if as_json:
        output.print_json({"answer": opened.what, "id": opened.id, "status": status, "run": entry})
    else:
        output.show(f"{opened.what}  run {output.plain(opened.id)}  {status}")
        if opened.what == "duplicate" and not wait:
            output.note("That slot has its run already. A new one of the same slot: add --force")
    if wait and status != "completed":
        raise Failed(_explained(opened, entry))


def _explained(opened: Opened, entry: dict[str, Any] | None) -> str:
    if entry is None or entry["status"] in ("planning", "running", "fan-in", "missed"):
        state = entry["status"] if entry else opened.status
        return f"Run {opened.id} is still {state}. Does the host run (./scripts/start)? nightshift runs show shows it."
    error = entry["error"] or {}
    why = f" ({error['code']}: {error['message']})" if error else ""
    hint = _HINTS.get(entry["status"], "").format(id=opened.id)
    return f"Run {opened.id} is {entry['status']}{why}. {hint}"
