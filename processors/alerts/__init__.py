"""Alerts reach people: what the notifications' functions call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.jobs.worker import HostMessage


async def process_notification(message: HostMessage) -> None:
    """Handle one delivery of the queue of notifications."""
    from shared.jobs import worker
    from shared.jobs.notifications import notification_kind

    await worker.deliver(notification_kind, message)


async def process_notification_poison(message: HostMessage) -> None:
    """Turn one notification that the host gave up on into a dead letter."""
    from shared.jobs import worker
    from shared.jobs.notifications import notification_kind

    await worker.deliver_poison(notification_kind, message)
