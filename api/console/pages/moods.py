"""Moods: what is in the air: how each mood looks, and how many items support it, week by week."""

from __future__ import annotations

from starlette.responses import Response

from api.console.answering import command_line
from api.console.page import Page
from api.console.visit import Visit
from operations import moods

_WEEKS, _MOST_WEEKS, _MOST = 8, 52, 100


async def index(visit: Visit) -> Response:
    """List moods, those of most recent items first."""
    primary, weeks = visit.query.get("primary"), _weeks(visit)
    found = await moods.search(visit.services.documents, visit.actor, primary=primary, weeks=weeks, limit=_MOST)
    return visit.page(
        "moods.html",
        command=command_line("moods", "trend", weeks=str(weeks), primary=primary),
        found=found.items,
        primary=primary,
        primaries=moods.PRIMARY_MOODS,
        weeks=weeks,
        most=_MOST,
    )


async def show(visit: Visit) -> Response:
    """Show a mood."""
    weeks = _weeks(visit)
    found = await moods.get(visit.services.documents, visit.actor, visit.path["id"], weeks=weeks)
    return visit.page(
        "mood.html", command=command_line("moods", "show", found.id), mood=found, weeks=weeks,
        signals={name: values for name, values in found.signals.items() if name != "palette" and values},
    )  # fmt: skip


def _weeks(visit: Visit) -> int:
    return min(visit.query.number("weeks") or _WEEKS, _MOST_WEEKS)


PAGES = (Page("GET", "/moods", index), Page("GET", "/moods/{id}", show))
