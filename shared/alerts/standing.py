"""Standing: what holds of a (rule, scope) by now, whichever of its events a message is about?

Messages come at least once, perhaps late, and not in the order of their events: each waits for its own channel. A
receiver that only tells people may hear them so. One that keeps an alert open until it is resolved may not: a repeated
trigger after the resolve would open it for good, a late resolve would close one that fires anew. Such a receiver is
sent the event that holds, not the one that the message was for; and once more if another came meanwhile. So the last
post, of whichever message, is of the last event, also when a sender dies in between: its message is sent again.

What was sent is noted in the event, so that a message of many goes on where it was held up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from shared.alerts.machine import ABOUT_ERRORS
from shared.documents.compare_and_set import change
from shared.documents.containers import ALERT_EVENTS, ALERT_STATES
from shared.documents.ids import compound
from shared.documents.port import Body, Documents


async def send_standing(
    documents: Documents, event: Body, channel: str, send: Callable[[Body], Awaitable[None]]
) -> None:
    """Send a channel what holds by now of an event's (rule, scope), until that is what was sent for the event last."""
    sent = event.get("standing", {}).get(channel)
    while (latest := await _latest(documents, event))["id"] != sent:
        await send(latest)
        sent = latest["id"]
        await _note(documents, event, channel, sent)


async def _note(documents: Documents, event: Body, channel: str, sent: str) -> None:
    def made(standing: Body | None) -> Body | None:
        return standing and {**standing, "standing": {**standing.get("standing", {}), channel: sent}}

    await change(documents, ALERT_EVENTS, event["clientId"], event["id"], made)


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
