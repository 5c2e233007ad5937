"""Sending of events: everything that follows from one, in one place for all who evaluate, and for who sends again.

What a crash leaves undone is done by the next to send the state's outbox; so each step may be done twice.
"""

from __future__ import annotations

from shared.alerts import notifications, tasks
from shared.documents.port import Body
from shared.services import Services


async def send(services: Services, event: Body) -> None:
    """See to the task of the rule's owner, and to the notifications. Doing it twice does it once."""
    await tasks.follow(services.documents, event)
    await notifications.send(services, event)
