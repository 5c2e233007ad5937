"""`nightshift metrics backfill`: has roll-ups made anew."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, progress, session, whoami
from cli.commands.metrics import app
from cli.commands.runs import named
from cli.errors import Failed
from cli.options import Json, Timeout, examples

if TYPE_CHECKING:
    from operations.metrics_backfill import Totals
    from processors.metrics.backfill import Backfill
    from shared.jobs.runs.opening import Opened
    from shared.services import Services


@app.command(
    epilog=examples(
        "nightshift metrics backfill --days 30 --org acme --dry-run",
        "nightshift metrics backfill --days 30 --org acme --wait",
        "nightshift metrics backfill --days 365 --tier day,month",
    )
)
def backfill(
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="The last days, today included.")],
    org: Annotated[str | None, typer.Option("--org", metavar="ORG", help="Default: every organisation.")] = None,
    tier: Annotated[
        str, typer.Option("--tier", metavar="TIERS", help="From which tier on: some of hour,day,month.")
    ] = "hour,day,month",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be made anew.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Do it again though it was done.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it is done; say what changed.")] = False,
    timeout: Timeout = 3600.0,
    as_json: Json = False,
) -> None:
    """Have the roll-ups of the last days made anew from events: whole days, and with months whole months.

    A run marks them, and the workers do the rest; both go on where they were if they are stopped. Two that ask for the
    same at once are one.
    """
    from processors.metrics.backfill import asked

    wanted = asked(org, days, [one.strip() for one in tier.split(",") if one.strip()])
    if dry_run:
        _preview(wanted, as_json=as_json)
        return

    async def work(services: Services) -> tuple[Opened, Totals | None, Totals | None, int | None]:
        from operations import metrics_backfill

        documents, by = services.documents, whoami.actor()
        before = await metrics_backfill.contents(documents, by, wanted) if wait else None
        opened = await metrics_backfill.start(services, by, wanted, force=force)
        if not wait:
            return opened, None, None, None
        left = await _until_done(services, wanted, opened, timeout)
        return opened, before, await metrics_backfill.contents(documents, by, wanted), left

    opened, before, after, left = session.with_services(work)
    if as_json:
        tiers = None if before is None or after is None else {"before": before.by_tier, "after": after.by_tier}
        output.print_json({"answer": opened.what, "id": opened.id, "status": opened.status, "tiers": tiers})
    else:
        output.show(f"{opened.what}  run {output.plain(named(opened.id))}  {opened.status}")
        if opened.what == "duplicate" and not wait:
            output.note("It is under way, or was done. To do it again: add --force")
        if before is not None and after is not None:
            _show_change(before, after)
    if left:
        marks = output.counted(left, "mark")
        raise Failed(f"{marks} left. Does the host run (./scripts/start)? nightshift metrics status shows it.")


async def _until_done(services: Services, wanted: Backfill, opened: Opened, limit_seconds: float) -> int:
    """Wait for the run, then for the marks; return how many are left when the time is up."""
    from operations import metrics_backfill, runs

    by, count = whoami.actor(), 0
    with progress.share(f"Run {opened.id}") as show:
        async for seen in runs.watch(services, by, opened, limit_seconds):
            show(seen.run.counters.get("marks", 0) if seen.run and seen.run.counters else 0, None)
    most = 0
    with progress.share("Rolling up") as show:
        async for count in metrics_backfill.left(services, by, wanted, limit_seconds):
            most = max(most, count)
            show(most - count, most)
    return count


def _preview(wanted: Backfill, *, as_json: bool) -> None:
    from operations import metrics_backfill

    async def count(documents: Any, _: Any) -> dict[str, int]:
        found: Counter[str] = Counter()
        with progress.share("Looking") as show:
            async for marked in metrics_backfill.preview(documents, whoami.actor(), wanted):
                found.update(marked.by_tier)
                show(sum(found.values()), None)
        return dict(found)

    found = session.with_documents(count)
    if as_json:
        span = {"from": str(wanted.first), "to": str(wanted.last), "org": wanted.org}
        output.print_json({**span, "marks": {"leaf": 0, "hour": 0, "day": 0, "month": 0} | found})
        return
    marked = output.counted(sum(found.values()), "mark")
    output.show(f"{wanted.org}, {wanted.first} to {wanted.last}: {marked} would be put.")
    for tier, marks in found.items():
        output.show(f"  {marks} from the {'5-minute slice' if tier == 'leaf' else tier} on")


def _show_change(before: Totals, after: Totals) -> None:
    counts = ("rows", "rows before", "keys", "keys before", "events", "events before")
    shown = output.table("tier", *counts, right=counts)
    for tier, now in after.by_tier.items():
        was = before.by_tier[tier]
        numbers = (now.rows, was.rows, now.keys, was.keys, now.events, was.events)
        shown.add_row(tier, *map(str, numbers))
    output.show(shown)
