"""Azure: whether a deployment has what the app needs, and what whoever asks may do there.

The rights that are tried are the asker's. What the app's identity may do, and which settings the app has, only the app
can see: it looks when it starts, and what it found last is shown beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from operations.actor import Actor
from operations.health import analyser, storage
from shared.config import Settings
from shared.errors import NightshiftError
from shared.finding import Finding, failed, fine
from shared.services import Services, open_blobs, open_documents, open_queues

CHECK = "app"


async def check(settings: Settings, environment: Mapping[str, str], by: Actor) -> list[Finding]:
    """Return what is found of identity, settings, queues, blobs, store, keys, clock, model and by the app."""
    from shared.needs import keys, looking, model
    from shared.needs.place import place_of

    by.require("reader")
    try:
        queues = open_queues(settings)
        services = Services(settings, open_documents(settings), queues, open_blobs(settings))
    except NightshiftError as error:
        return [failed("setting", "services", error)]
    place = place_of(settings, environment)
    try:
        findings = await looking.look(settings, environment, queues, services.blobs, services.documents)
        findings += await looking.asked("keys", lambda: keys.check(settings, place))
        findings += await looking.asked("model", lambda: model.check(settings, place))
        if not any(one.code == looking.AWAY for one in findings):
            findings.append(await storage.skew(queues))
            findings += await _of_app(services)
    finally:
        await services.close()
    return findings + list(analyser.check(settings))


async def _of_app(services: Services) -> list[Finding]:
    from shared.needs import at_start

    try:
        told = await at_start.last(services.documents)
    except NightshiftError as error:
        return [failed(CHECK, "its own look", error)]
    if told is None:
        found = "no instance has looked yet: each does, 20 s after its first message"
        return [Finding(CHECK, "its own look", "warning", found, "Wait a minute; else see its log for errors.")]
    when = f"{told['machine']} at {told['at']}"
    return [_as_told(one, when) for one in told["lacking"]] or [fine(CHECK, "its own look", f"nothing lacking: {when}")]


def _as_told(one: Mapping[str, Any], when: str) -> Finding:
    return Finding(CHECK, f"{one['check']} {one['name']}", one["state"], f"{one['found']} ({when})", one["mend"])
