"""Tree: which files are pages of the site, and where do their links lead then?

The site's pages are docs/ and some Markdown files beside it. They link each other by where they lie in the project; in
the site they lie elsewhere. Files that are no pages, such as a JSON Schema, are copied along.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from handbook.dialect import prose_and_code, to_python_markdown

BESIDE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "LICENSE": "licence.md",
    "tests/model/README.md": "model.md",
}
"""Pages that don't lie in docs/: file → its place in the site."""
_FILES = "files"
_LINK = re.compile(r"(`+.*?`+)|(\]\()([^)\s]+)(\))")
_OUTSIDE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class LinkLeadsNowhere(Exception):
    """A page links what isn't there, or a folder without a page."""


def pages(project: Path) -> dict[str, str]:
    """Return each page's file, relative to the project, and its place in the site."""
    inside = sorted(page.relative_to(project).as_posix() for page in (project / "docs").rglob("*.md"))
    return {**{file: place for file, place in BESIDE.items() if (project / file).exists()}, **_places(inside)}


def write(project: Path, to: Path) -> int:
    """Write the site's pages, and the files that they link, to a folder that is emptied before; return how many pages.

    Raises LinkLeadsNowhere.
    """
    shutil.rmtree(to, ignore_errors=True)
    found = pages(project)
    linked: set[str] = set()
    for file, place in found.items():
        text = (project / file).read_text("utf-8")
        (to / place).parent.mkdir(parents=True, exist_ok=True)
        text = to_python_markdown(relinked(text, file, found, project, linked))
        (to / place).write_text(text, encoding="utf-8")
    for file in linked:
        target = to / place_of(file, found)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project / file, target)
    return len(found)


def relinked(text: str, file: str, found: Mapping[str, str], project: Path, linked: set[str]) -> str:
    """Return a page's text with its links as they have to be in the site; add files that are no pages to `linked`."""

    def replace(match: re.Match[str]) -> str:
        code, before, target, after = match.groups()
        if code is not None or _OUTSIDE.match(target) or target.startswith(("#", "/")):
            return match[0]
        path, _, anchor = target.partition("#")
        aim = os.path.normpath(PurePosixPath(file).parent / path)
        if (project / aim).is_dir():
            aim = f"{aim}/README.md"
        if not (project / aim).is_file():
            raise LinkLeadsNowhere(f"{file} links {target}, which isn't there.")
        if aim not in found:
            linked.add(aim)
        there = os.path.relpath(place_of(aim, found), PurePosixPath(found[file]).parent)
        return f"{before}{there}{'#' if anchor else ''}{anchor}{after}"

    lines = (line if is_code else _LINK.sub(replace, line) for line, is_code in prose_and_code(text))
    return "\n".join(lines)


def place_of(file: str, found: Mapping[str, str]) -> str:
    """Return where a page, or a file that one links, lies in the site."""
    if file in found:
        return found[file]
    return file.removeprefix("docs/") if file.startswith("docs/") else f"{_FILES}/{file}"


def _places(inside: list[str]) -> dict[str, str]:
    return {file: re.sub(r"(^|/)README\.md$", r"\1index.md", file.removeprefix("docs/")) for file in inside}
