"""Runs: which there were; one with its phases drawn, its shards, counters and errors; starting and cancelling one."""

from __future__ import annotations

from starlette.responses import Response

from api.console.answering import after, command_line, explained, next_page
from api.console.history import phases_of
from api.console.ids import part
from api.console.page import Page
from api.console.timeline import drawn
from api.console.visit import Visit, moved
from operations import runs
from shared.errors import NotFound, UsageError

OF_A_PAGE = 50
STATES = (
    "planning", "running", "fan-in", "completed", "completed_with_failures", "failed", "missed", "cancelled",
)  # fmt: skip
_ENDED = ("completed", "dead", "cancelled", "discarded")


async def show_all(visit: Visit) -> Response:
    """Show runs, those of the latest slots first; an id leads to its run."""
    services, asked = visit.services, visit.query
    name, state, named = (asked.get(one) for one in ("name", "state", "id"))
    problem: NotFound | None = None
    if named is not None:
        try:
            found = await runs.get(services.documents, visit.actor, named)
            return moved(f"/runs/{part(found.id)}")
        except NotFound as error:
            problem = error
    page = await runs.search(
        services.documents, visit.actor, name=name, state=state, limit=OF_A_PAGE, after=after(visit)
    )
    return visit.page(
        "runs.html",
        command=command_line("runs", "list", name=name, state=state),
        status=404 if problem is not None else 200,
        runs=page.items,
        names=runs.names(services.settings),
        states=STATES,
        name=name,
        state=state,
        named=named,
        problem=problem,
        more_address=next_page("/runs", page.next, name=name, state=state),
    )


async def show(visit: Visit) -> Response:
    """Show all that is known of a run."""
    run = await runs.get(visit.services.documents, visit.actor, visit.path["id"])
    shards = run.shards or {}
    return visit.page(
        "run.html",
        command=command_line("runs", "show", run.id),
        run=run,
        answer=await explained(visit, f"run:{run.id}"),
        shards=shards,
        ended=sum(shards.get(state, 0) for state in _ENDED),
        total=max(sum(shards.values()), run.planned or 0),
        shard_owner=runs.shard_owner(run.id),
        is_live=run.ended_at is None and run.status != "missed",
        drawing=drawn(phases_of(run, visit.at)),
    )


async def start(visit: Visit) -> Response:
    """Open the run of a slot: one that was missed, or the latest."""
    name, slot = visit.form.get("name"), visit.form.get("slot")
    if name is None:
        raise UsageError("The form doesn't say which run.", code="run_unnamed")
    opened = await runs.start(visit.services, visit.actor, name, slot=slot, force=visit.form.get("force") is not None)
    said = "Asked for: a worker begins it." if opened.what == "accepted" else "It has been asked for already."
    return visit.moved("/runs", said, name=name) if slot is None else visit.moved(f"/runs/{part(opened.id)}", said)


async def cancel(visit: Visit) -> Response:
    """Cancel a run that hasn't ended, with its open shards."""
    done = await runs.cancel(visit.services, visit.actor, visit.path["id"], why=visit.form.get("why"))
    return visit.moved(f"/runs/{part(done.id)}", "Cancelled.")


PAGES = (
    Page("GET", "/runs", show_all),
    Page("POST", "/runs/start", start, "operator"),
    Page("GET", "/runs/{id}", show),
    Page("POST", "/runs/{id}/cancel", cancel, "operator"),
)
