"""Alerts reach people: what the notifications' functions call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind


def notification_kind(settings: Settings) -> Kind:
    """Return the kind of the notifications."""
    from shared.alerts.notifications import notification_kind

    return notification_kind(settings)
