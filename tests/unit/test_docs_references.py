"""Is what docs and modules point at there? Links, their anchors, files that pages name, pages that modules cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.config import PROJECT_FOLDER

WORDS_OF_A_PAGE = 500
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_ANCHORED = re.compile(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_ID = re.compile(r'<a id="([^"]+)"')
_FILE = re.compile(r"`((?:shared|processors|operations|cli|devhost|demo|tests|docs|sample)/[\w./-]+|\w+\.(?:py|md))`")
_CITED = re.compile(r"\b(?:docs/[\w/-]+\.md|[A-Z]{3,}\.md)\b")
FOLDERS = ("shared", "processors", "operations", "cli", "devhost", "demo", "bench", "tests")


def pages() -> list[Path]:
    """Return the pages beside the code, and every page of docs/."""
    return [*sorted(PROJECT_FOLDER.glob("*.md")), *sorted((PROJECT_FOLDER / "docs").rglob("*.md"))]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them of its headings."""
    text = page.read_text("utf-8")
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(text))
    return {*headings, *_ID.findall(text)}


def test_every_link_between_pages_leads_somewhere() -> None:
    links = ((page, link) for page in pages() for link in _LINK.findall(page.read_text("utf-8")))
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []


def test_every_anchor_that_a_page_links_is_there() -> None:
    links = [(page, *link) for page in pages() for link in _ANCHORED.findall(page.read_text("utf-8"))]
    assert links
    gone = [
        (page.name, path, anchor)
        for page, path, anchor in links
        if (path.endswith(".md") or not path) and anchor not in anchors(page.parent / path if path else page)
    ]
    assert gone == []


def test_the_list_of_decisions_has_each_of_them() -> None:
    folder = PROJECT_FOLDER / "docs/decisions"
    listed = re.findall(r"\]\((\d{4}[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    assert listed == sorted(page.name for page in folder.glob("0*.md"))


@pytest.mark.parametrize("page", sorted((PROJECT_FOLDER / "docs/decisions").glob("0*.md")), ids=lambda page: page.stem)
def test_a_decision_says_its_status_and_takes_a_page_at_most(page: Path) -> None:
    text = page.read_text("utf-8")
    assert f"# {int(page.stem[:4])}. " in text
    assert "\n**Status**: accepted" in text
    assert len(text.split()) <= WORDS_OF_A_PAGE


def test_the_list_of_schemas_has_each_of_them() -> None:
    folder = PROJECT_FOLDER / "docs/schemas"
    listed = _LINK.findall((folder / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(schema.name for schema in folder.glob("*.json"))


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
