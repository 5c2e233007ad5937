"""All services that the settings name, checked one after the other."""

from __future__ import annotations

from operations.actor import Actor
from operations.health import analyser, console_sign_in, document_store, storage
from shared.config import Settings
from shared.finding import Finding


async def check(settings: Settings, by: Actor) -> list[Finding]:
    """Return what is found of storage, documents, model and sign-in, in the order of the settings that name them."""
    by.require("reader")
    findings = [finding async for finding in storage.check(settings)]
    findings += [finding async for finding in document_store.check(settings)]
    return [*findings, *analyser.check(settings), *console_sign_in.check(settings)]
