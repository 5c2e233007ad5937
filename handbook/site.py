"""Site: does every link of the built site lead somewhere, and does it take nothing from other servers?

Reads the built HTML, without a network: links within the site with their anchors, pictures, scripts and style sheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "object": "data"}
_LOADING_RELS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "preconnect", "dns-prefetch"}
_LEAK = re.compile(r"```|\]\(|(^|\n)(- |\d+\. )")
"""What only unread Markdown has in a paragraph: a fence, a link, a list's item."""


@dataclass
class _Page(HTMLParser):
    """What a page has: its ids, where it leads, what it loads, and texts that look like Markdown."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    _within: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        self.ids.update(of[name] for name in ("id", "name") if of.get(name))
        if tag == "a" and "href" in of:
            self.links.append(of["href"])
        if tag == "link" and _LOADING_RELS.intersection(of.get("rel", "").split()):
            self.loads.append(of.get("href", ""))
        if of.get(_LOADED.get(tag, "")):
            self.loads.append(of[_LOADED[tag]])
        if tag in ("p", "pre", "code"):
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._within[-1:] == ["p"] and _LEAK.search(data):
            self.leaks.append(data.strip())


def problems(site: Path) -> list[str]:
    """Return what is wrong with a built site, a line each."""
    return [f"{page.relative_to(site)}: {what}" for page in sorted(site.rglob("*.html")) for what in _of(page, site)]


def _of(page: Path, site: Path) -> Iterator[str]:
    read = _read(page)
    for address in read.loads:
        if urlsplit(address).netloc:
            yield f"takes {address} from another server"
    for leak in read.leaks:
        yield f"shows Markdown: {leak[:80]!r}"
    for address in [*read.links, *read.loads]:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        aim = _aim(page, site, unquote(parts.path))
        if aim is None:
            yield f"leads to {address}, which isn't there"
        elif parts.fragment and aim.suffix == ".html" and unquote(parts.fragment) not in _read(aim).ids:
            yield f"leads to {address}, where there is no such anchor"


def _aim(page: Path, site: Path, path: str) -> Path | None:
    if not path:
        return page
    aim = (site / path.lstrip("/") if path.startswith("/") else page.parent / path).resolve()
    if aim.is_dir():
        aim /= "index.html"
    return aim if aim.is_file() and aim.is_relative_to(site.resolve()) else None


@cache
def _read(page: Path) -> _Page:
    read = _Page()
    read.feed(page.read_text("utf-8"))
    return read
