"""All services that the settings name, checked one after the other."""

from __future__ import annotations

from operations.actor import Actor
from operations.health import analyser, document_store, storage
from shared.config import Settings
from shared.finding import Finding


async def check(settings: Settings, by: Actor) -> list[Finding]:
    """Return what is found of storage, document store and model, in the order of the settings that name them."""
    by.require("reader")
    findings = [finding async for finding in storage.check(settings)]
    findings += [finding async for finding in document_store.check(settings)]
    return findings + list(analyser.check(settings))
