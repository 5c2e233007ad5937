"""Do the project's own pages make a site, and does its navigation lead to each of them?"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from handbook import tree
from shared.config import PROJECT_FOLDER

SITE = yaml.load((PROJECT_FOLDER / "mkdocs.yml").read_text("utf-8"), yaml.BaseLoader)


def navigated(nav: Any) -> Iterator[str]:
    """Yield each page of a navigation."""
    if isinstance(nav, str):
        yield nav
    else:
        for part in nav.values() if isinstance(nav, dict) else nav:
            yield from navigated(part)


def test_every_page_finds_what_it_links(tmp_path: Path) -> None:
    assert tree.write(PROJECT_FOLDER, tmp_path) > 40


def test_the_navigation_leads_to_every_page() -> None:
    left_out = SITE["not_in_nav"].split()
    places = {
        place
        for place in tree.pages(PROJECT_FOLDER).values()
        if not any(fnmatch.fnmatch(f"/{place}", pattern) for pattern in left_out)
    }
    assert set(navigated(SITE["nav"])) == places
