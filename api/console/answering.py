"""Answering: what pages share: the explanation of a thing, and the link that leads to the next page of a list."""

from __future__ import annotations

import base64
import binascii
import shlex

from api.console.visit import Visit, link
from operations.explain.answer import Answer
from operations.explain.asking import explain
from shared.errors import NightshiftError, UsageError


async def explained(visit: Visit, named: str, *, user: str | None = None) -> Answer | None:
    """Return why a thing is where it is; None where that can't be said."""
    services = visit.services
    try:
        return await explain(
            services.documents, services.settings, visit.actor, named, user=user, queues=services.queues
        )
    except NightshiftError:
        return None


def command_line(*words: str, **options: str | None) -> str:
    """Return a command as it is typed, with those of the options that are given."""
    given = [part for name, value in options.items() if value for part in (f"--{name.strip('_')}", value)]
    return shlex.join(["nightshift", *words, *given])


def after(visit: Visit) -> str | None:
    """Return the place behind which a page of a list begins. Raises UsageError for what is none."""
    given = visit.query.get("after")
    if given is None:
        return None
    try:
        return base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        raise UsageError("This names no page. Begin without it, at the first one.", code="cursor_invalid") from None


def next_page(path: str, place: str | None, **query: str | None) -> str | None:
    """Return the address of the page behind this one; None when there is none."""
    if place is None:
        return None
    return link(path, **query, after=base64.urlsafe_b64encode(place.encode()).decode("ascii").rstrip("="))
