"""Alerts: rules that users define are dispatched and evaluated, and what they tell reaches people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.config import Settings
    from shared.jobs.kinds import Kind


def notification_kind(settings: Settings) -> Kind:
    """Return the kind of the notifications."""
    from shared.alerts.notifications import notification_kind

    return notification_kind(settings)


async def dispatch_due(kind_of: Callable[[Settings], Kind]) -> None:
    """Enqueue the rules that are due, as jobs of the kind that `kind_of` returns, and end what crashes left open."""
    from processors.alerts import endings
    from processors.alerts.dispatch import dispatch
    from shared.heartbeats import beating, note
    from shared.jobs import wrong_clock
    from shared.jobs.worker import runtime

    of = runtime()
    documents = of.services.documents
    if await wrong_clock.stops(of.clock_check, documents, "DispatchAlerts"):
        return
    async with beating(documents, "DispatchAlerts"):
        done = await dispatch(of.services, kind_of(of.services.settings))
        await note(documents, "DispatchAlerts", {"dispatched": done.to_body()})
        await endings.finish_all(of.services)
