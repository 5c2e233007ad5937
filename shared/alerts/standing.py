"""Standing: what holds of a (rule, scope) by now, whichever of its events a message is about?

Messages come at least once, perhaps late, and not in the order of their events: each waits for its own channel. A
receiver that only tells people may hear them so. One that keeps an alert open until it is resolved may not: a repeated
trigger after the resolve would open it for good, a late resolve would close one that fires anew. Such a receiver is
sent the event that holds, not the one that the message was for; and once more if another came meanwhile. So the last
post, of whichever message, is of the last event, also when a sender dies in between: its message is sent again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from shared.alerts.machine import ABOUT_ERRORS
from shared.documents.containers import ALERT_EVENTS, ALERT_STATES
from shared.documents.ids import compound
from shared.documents.port import Body, Documents


async def send_standing(
    documents: Documents, events: Sequence[Body], send: Callable[[list[Body]], Awaitable[None]]
) -> None:
    """Send for each event what holds by now of its (rule, scope), until that is what was sent last."""
    sent: list[str] | None = None
    while True:
        latest = {one["id"]: one for one in [await _latest(documents, event) for event in events]}
        if list(latest) == sent:
            return
        await send(list(latest.values()))
        sent = list(latest)


async def _latest(documents: Documents, event: Body) -> Body:
    """Return the last event of the event's (rule, scope) that is about the same: firing, or errors."""
    client, rule, scope = event["clientId"], event["rule"], event["scope"]
    held = await documents.get(ALERT_STATES, client, compound(rule, scope))
    if held is None:
        return event
    outbox = {one["number"]: {**one, "clientId": client} for one in held.body["outbox"]}
    for number in range(held.body["state"].get("told", 0), event["number"], -1):
        found = outbox.get(number)
        if found is None:
            stored = await documents.get(ALERT_EVENTS, client, compound(rule, scope, str(number)))
            found = stored.body if stored is not None else None
        if found is not None and (found["kind"] in ABOUT_ERRORS) == (event["kind"] in ABOUT_ERRORS):
            return found
    return event
