"""Is what docs and modules point at there? Links between pages, files that pages name, pages that modules cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from shared.config import PROJECT_FOLDER

_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_FILE = re.compile(r"`((?:shared|processors|operations|cli|devhost|demo|tests|docs|sample)/[\w./-]+|\w+\.(?:py|md))`")
_CITED = re.compile(r"\b(?:docs/[\w/-]+\.md|[A-Z]{3,}\.md)\b")
FOLDERS = ("shared", "processors", "operations", "cli", "devhost", "demo", "bench", "tests")


def pages() -> list[Path]:
    """Return README.md and every page of docs/."""
    return [PROJECT_FOLDER / "README.md", *sorted((PROJECT_FOLDER / "docs").rglob("*.md"))]


def test_every_link_between_pages_leads_somewhere() -> None:
    links = ((page, link) for page in pages() for link in _LINK.findall(page.read_text("utf-8")))
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []


def test_every_file_that_the_architecture_names_is_there() -> None:
    named = set(_FILE.findall((PROJECT_FOLDER / "docs/architecture.md").read_text("utf-8")))
    assert "shared/jobs/decide.py" in named
    assert sorted(name for name in named if not _is_there(name)) == []


def test_every_page_that_a_module_cites_is_there() -> None:
    cited = ((file, page) for file in _modules() for page in _CITED.findall(file.read_text("utf-8")))
    assert [(file.name, page) for file, page in cited if not (PROJECT_FOLDER / page).exists()] == []


def _is_there(name: str) -> bool:
    """Whether a path is there, or a module of the queue runtime or a package that the text speaks of by its name."""
    return (PROJECT_FOLDER / name).exists() or ("/" not in name and any(PROJECT_FOLDER.glob(f"*/**/{name}")))


def _modules() -> Iterator[Path]:
    return (file for folder in FOLDERS for file in sorted((PROJECT_FOLDER / folder).rglob("*.py")))
