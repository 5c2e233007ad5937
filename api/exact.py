"""Exact ids: people may name a thing by the beginning of its id; programs mean exactly what they say."""

from __future__ import annotations

from shared.errors import NotFound


def exactly(asked: str, found: str, *, what: str = "job or dead letter", code: str = "job_not_found") -> None:
    """Raise NotFound unless what was found is what was asked for."""
    if found != asked:
        raise NotFound(f"There is no such {what} {asked!r}.", code=code)
