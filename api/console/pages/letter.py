"""A dead letter: why it died, its payload with what is wrong marked, its history; replaying, editing, discarding it."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from api.console.answering import command_line, explained
from api.console.history import spans_of
from api.console.ids import owner, part
from api.console.marked import marked
from api.console.page import Page
from api.console.pages.dead_letters import acted_on
from api.console.rendering import pretty
from api.console.timeline import drawn
from api.console.visit import Visit, moved
from operations import dead_letters
from operations.dead_letters import Choice, Letter
from shared.errors import NightshiftError, NotAllowed, NotFound, Refused, UsageError


async def show(visit: Visit) -> Response:
    """Show all that is known of a letter; of one that has been replayed its job."""
    user = owner(visit.query.get("user"))
    try:
        letter = await dead_letters.get(visit.services.documents, visit.actor, visit.path["id"], user=user)
    except NotFound:
        return moved(f"/jobs/{part(visit.path['id'])}", user=visit.query.get("user"))
    return await _shown(visit, letter)


async def replay(visit: Visit) -> Response:
    """Send a letter again, as it is or with the payload that the form has; or only say whether that would do."""
    letter = await _letter(visit)
    do, text, force = visit.form.get("do"), visit.form.get("payload"), visit.form.get("force") is not None
    services, by = visit.services, visit.actor
    try:
        edited = _payload(text) if text is not None else None
        chosen = await dead_letters.choose(services.documents, by, Choice((letter.id,), None, owner(letter.scope)))
        if do == "check":
            acting = dead_letters.check_replay(services, by, chosen, edited=edited, force=force)
        else:
            acting = dead_letters.replay(services, by, chosen, edited=edited, force=force)
        async for acted in acting:
            if acted.error is not None:
                raise acted.error
    except NotAllowed:
        raise
    except NightshiftError as error:
        return await _shown(visit, letter, text=text, error=error, force=force)
    if do == "check":
        return await _shown(visit, letter, text=text, is_fine=True, force=force)
    if letter.raw is not None:  # it was no job's: its replay is a new message, which has no page yet
        return visit.moved("/dead-letters", f"Sent again as a new message: {letter.id}.")
    return visit.moved(f"/jobs/{part(letter.id)}", "Sent again.", user=letter.scope)


async def discard(visit: Visit) -> Response:
    """End a letter without replaying it, for a reason."""
    letter = await _letter(visit)
    if visit.form.get("why") is None:
        error = UsageError("Say why it is discarded: the reason is kept with it.", code="why_missing")
        return await _shown(visit, letter, error=error)
    tally = await acted_on(visit, "discard", [(letter.scope, letter.id)])
    if tally.refused:
        raise Refused(tally.refused[0].error.detail, code=tally.refused[0].error.code)
    return visit.moved("/dead-letters", f"Discarded: {letter.id}.")


async def _letter(visit: Visit) -> Letter:
    user = owner(visit.form.get("user"))
    return await dead_letters.get(visit.services.documents, visit.actor, visit.path["id"], user=user)


async def _shown(
    visit: Visit,
    letter: Letter,
    *,
    text: str | None = None,
    error: NightshiftError | None = None,
    is_fine: bool = False,
    force: bool = False,
) -> Response:
    members, reason = letter.members(), letter.reason or {}
    places = getattr(error, "places", None) or reason.get("places") or []
    return visit.page(
        "letter.html",
        command=command_line("dead-letters", "show", letter.id, user=letter.scope),
        status=422 if error is not None else 200,
        letter=letter,
        reason=reason,
        answer=await explained(visit, f"dead-letter:{letter.id}", user=owner(letter.scope)),
        payload=marked(members, places) if isinstance(members, dict) else None,
        text=text if text is not None else pretty(members) if isinstance(members, dict) else "",
        events=letter.timeline or (),
        drawing=drawn(spans_of(letter.timeline or ())),
        error=error,
        is_fine=is_fine,
        force=force,
    )


def _payload(text: str) -> dict[str, Any]:
    """Return the payload that was typed. Raises UsageError for what is no JSON object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The payload isn't JSON: {error}.", code="payload_invalid") from None
    if not isinstance(found, dict):
        raise UsageError("The payload isn't a JSON object.", code="payload_invalid")
    return found


PAGES = (
    Page("GET", "/dead-letters/{id}", show),
    Page("POST", "/dead-letters/{id}/replay", replay),
    Page("POST", "/dead-letters/{id}/discard", discard, "operator"),
)
