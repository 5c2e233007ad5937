"""`nightshift rescue`: which jobs did nobody wake?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session, times
from cli.options import Json
from shared.config import settings

if TYPE_CHECKING:
    from shared.jobs.rescue import Rescued
    from shared.services import Services


def rescue(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which jobs it would wake.")] = False,
    as_json: Json = False,
) -> None:
    """Send the message of every overdue job again, as the timer RescueJobs does each minute."""

    async def work(services: Services) -> list[Rescued]:
        from processors.catalogue import registry
        from shared.jobs.gates import Gates
        from shared.jobs.records import Records
        from shared.jobs.rescue import Rescue

        documents = services.documents
        ringing = Rescue(Records(documents), services.queues, Gates(documents), registry(settings()))
        return await ringing.run(dry_run=dry_run)

    found = session.with_services(work)
    if as_json:
        output.print_json(
            output.items(
                {
                    "id": one.record.key.id,
                    "scope": one.record.key.scope,
                    "kind": one.record.kind,
                    "status": one.record.status,
                    "generation": one.record.generation,
                    "overdueSeconds": round(one.overdue.total_seconds()),
                }
                for one in found
            )
        )
        return
    if not found:
        output.note("No job is overdue.")
        return
    shown = output.table("job", "of", "kind", "state", "overdue for", right=("overdue for",))
    for one in found:
        key = one.record.key
        overdue = times.length(one.overdue)
        shown.add_row(*map(output.plain, (key.id, key.scope, one.record.kind, one.record.status, overdue)))
    output.show(shown, f"Would wake {len(found)}. Nothing was done." if dry_run else f"{len(found)} woken.")
