"""Jobs: searching by id or user; one job with why it is where it is, its history and payload; cancelling it."""

from __future__ import annotations

from starlette.responses import Response

from api.console.answering import after, command_line, explained, next_page
from api.console.history import spans_of
from api.console.ids import owner, part
from api.console.marked import marked
from api.console.page import Page
from api.console.timeline import drawn
from api.console.visit import Visit, moved
from operations import jobs
from shared.errors import NightshiftError, NotFound, Refused

OF_A_PAGE = 50
STATES = ("queued", "running", "waiting", "completed", "dead", "cancelled", "discarded")


async def show_all(visit: Visit) -> Response:
    """Show the jobs that a filter means; an id leads to its job."""
    services, asked = visit.services, visit.query
    state, kind, user, named = (asked.get(name) for name in ("state", "kind", "user", "id"))
    problem: NightshiftError | None = None
    if named is not None:
        try:
            found = await jobs.get(services.documents, services.settings, visit.actor, named, user=owner(user))
            return moved(f"/jobs/{part(found.id)}", user=found.scope)
        except (NotFound, Refused) as error:
            problem = error
    page = await jobs.search(
        services.documents, services.settings, visit.actor, state=state, kind=kind, user=owner(user),
        limit=OF_A_PAGE, after=after(visit),
    )  # fmt: skip
    return visit.page(
        "jobs.html",
        command=command_line("jobs", "list", state=state, kind=kind, user=user),
        status=404 if problem is not None else 200,
        jobs=page.items,
        kinds=jobs.kinds(services.settings),
        states=STATES,
        state=state,
        kind=kind,
        user=user,
        named=named,
        problem=problem,
        more_address=next_page("/jobs", page.next, state=state, kind=kind, user=user),
    )


async def show(visit: Visit) -> Response:
    """Show all that is known of a job."""
    services, user = visit.services, owner(visit.query.get("user"))
    job = await jobs.get(services.documents, services.settings, visit.actor, visit.path["id"], user=user)
    return visit.page(
        "job.html",
        command=command_line("explain", f"job:{job.id}", user=job.scope),
        job=job,
        answer=await explained(visit, f"job:{job.id}", user=owner(job.scope)),
        payload=marked(job.payload, (job.reason or {}).get("places") or ()) if job.payload else None,
        events=job.timeline or (),
        drawing=drawn(spans_of(job.timeline or ())),
    )


async def cancel(visit: Visit) -> Response:
    """Cancel a job that hasn't ended."""
    user = visit.form.get("user")
    done = await jobs.cancel(visit.services, visit.actor, visit.path["id"], user=owner(user), why=visit.form.get("why"))
    return visit.moved(f"/jobs/{part(done.id)}", "Cancelled.", user=done.scope)


PAGES = (
    Page("GET", "/jobs", show_all),
    Page("GET", "/jobs/{id}", show),
    Page("POST", "/jobs/{id}/cancel", cancel, "operator"),
)
