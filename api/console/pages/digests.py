"""Digests: a user's week as the user sees it, what the user thinks of it, and whether digests are wanted."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from api.console.answering import command_line
from api.console.page import Page
from api.console.visit import Visit, moved
from api.ids import encoded
from api.problems import Problem, Stop
from operations import digests, users
from operations.actor import user_scope
from operations.digests import StoredDigest, Verdict

_FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
"""Of the digest itself: it brings its own style sheet, and may do nothing, and ask nobody for anything."""
_MOST_LISTED = 50
_VERDICTS: dict[str, Verdict] = {"up": "up", "down": "down"}


async def index(visit: Visit) -> Response:
    """List the newest digests of all users, or lead to those of one."""
    user = visit.query.get("user")
    if user is not None:
        return moved(address(user), week=visit.query.get("week"))
    week = visit.query.get("week")
    found = await digests.latest(visit.services.documents, visit.actor, week=week, limit=_MOST_LISTED)
    return visit.page(
        "digests.html",
        command=command_line("runs", "list", name="digest"),
        found=found.items,
        week=week,
        most=_MOST_LISTED,
    )


async def show(visit: Visit) -> Response:
    """Show a user's digest in a frame, beside what the user said."""
    user, week = visit.path["user"], visit.query.get("week")
    documents, by = visit.services.documents, visit.actor
    listed = (await digests.search(documents, by, user, limit=_MOST_LISTED)).items
    said = await digests.said(documents, by, user)
    digest = await digests.get(documents, by, user, week=week) if listed or week else None
    newest = listed[0].week if listed else None
    shown = digest.digest["week"] if digest else None
    return visit.page(
        "digest.html",
        command=command_line("digest", "show", user, week=week),
        user=user,
        week=shown,
        is_newest=shown == newest,
        weeks=list(dict.fromkeys(one.week for one in listed)),
        items=_items(digest) if digest and shown == newest else (),
        said=said,
        verdicts={one.item: one.verdict for one in said.opinions},
        may_say=by.may("producer", user_scope(user)),
    )


async def frame(visit: Visit) -> Response:
    """Show the digest's own page and nothing else, under a policy of its own."""
    user, week = visit.path["user"], visit.query.get("week")
    found = await digests.get(visit.services.documents, visit.actor, user, week=week)
    content = (await digests.files(visit.services, visit.actor, user, found))[found.html]
    headers = {"content-security-policy": _FRAME_POLICY, "x-frame-options": "SAMEORIGIN"}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


async def give_feedback(visit: Visit) -> Response:
    """Note for a user what that one thinks of an item."""
    user, item = visit.path["user"], visit.form.get("item") or ""
    verdict = _VERDICTS.get(visit.form.get("verdict") or "")
    if verdict is None:
        raise Stop(Problem(422, "request_invalid", "The verdict is up or down."))
    noted = await digests.give_feedback(visit.services.documents, visit.actor, user, item, verdict)
    return visit.moved(address(user), f"Noted: {noted['title']} is {_word(verdict)}. The next digest heeds it.")


async def set_wanted(visit: Visit) -> Response:
    """Note whether a user wants digests."""
    user, wants = visit.path["user"], visit.form.get("wants") == "yes"
    await users.want_digests(visit.services.documents, visit.actor, user, wants=wants)
    told = "gets digests again, from the next run on" if wants else "gets no digests any more"
    return visit.moved(address(user), f"{user} {told}.")


def address(user: str) -> str:
    """Return the address of a user's digests, below the console's."""
    return f"/digests/{encoded(user)}"


def _items(digest: StoredDigest) -> list[dict[str, Any]]:
    """Return the items that feedback can be about, in the digest's order, each once."""
    found: dict[str, dict[str, Any]] = {}
    for section in ("suggestions", "finds", "worn", "neglected"):
        for one in digest.digest.get(section, ()):
            found.setdefault(one["item"], {"item": one["item"], "title": one["title"], "section": section})
    return list(found.values())


def _word(verdict: Verdict) -> str:
    return "liked" if verdict == "up" else "not wanted"


PAGES = (
    Page("GET", "/digests", index),
    Page("GET", "/digests/{user}", show),
    Page("GET", "/digests/{user}/frame", frame),
    Page("POST", "/digests/{user}/feedback", give_feedback, "producer"),
    Page("POST", "/digests/{user}/wanted", set_wanted, "producer"),
)
