"""Table: every page of the console, its address and the role that it takes.

What a page shows or does, its operation checks again, for whom it is (operations/actor.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from re import Match
from typing import Any

from starlette.routing import compile_path

from api import ids
from api.console.page import Page
from api.console.pages import (
    alert_rules,
    alerts,
    dead_letters,
    digests,
    jobs,
    letter,
    metrics,
    moods,
    overview,
    pickup_rate,
    runs,
)
from api.problems import Problem, Stop

PAGES: tuple[Page, ...] = (
    *overview.PAGES,
    *dead_letters.PAGES,
    *letter.PAGES,
    *jobs.PAGES,
    *runs.PAGES,
    *digests.PAGES,
    *moods.PAGES,
    *pickup_rate.PAGES,
    *metrics.PAGES,
    *alerts.PAGES,
    *alert_rules.PAGES,
)


@dataclass(frozen=True, slots=True)
class Found:
    """The page of an address, and the parts of the address that it names."""

    page: Page
    parts: Mapping[str, str]


def find(method: str, path: str) -> Found | None:
    """Return the page of an address below the console's; None when there is none. Raises Stop for an unreadable id."""
    for page, pattern in _patterns():
        match: Match[str] | None = pattern.match(path) if page.method == method else None
        if match is not None:
            return Found(page, {name: _decoded(text) for name, text in match.groupdict().items()})
    return None


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Page, Any], ...]:
    return tuple((page, compile_path(page.path)[0]) for page in PAGES)


def _decoded(text: str) -> str:
    try:
        return ids.decoded(text)
    except ValueError as error:
        raise Stop(Problem(404, "page_unknown", f"There is no such page: {error}.")) from None
