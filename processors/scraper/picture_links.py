"""Pictures in HTML: which one does it show first, and where is it?

Pages load pictures late: `src` holds a placeholder, and the picture's address stands in another attribute. Pixels that
count readers are none, nor are emoji.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from processors.scraper.addresses import absolute

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_LATE = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-orig-file", "data-image", "data-img-src")
_LATE_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set")
_SMALLEST = 3
"""Pictures less wide or high than so many pixels are there to be counted, not to be seen."""
_SMALL_STYLE = re.compile(
    r"(?:^|;)\s*(?:(?:max-)?(?:width|height)\s*:\s*[0-2](?:px)?\s*(?:;|!|$)|display\s*:\s*none)", re.I
)
_PIXEL = re.compile(
    r"/(?:pixel|1x1|spacer|blank|transparent|clear|b|t|trans|tracking)\.(?:gif|png)(?:[?#]|$)"
    r"|//(?:[\w.-]+\.)?(?:doubleclick\.net|pixel\.wp\.com|stats\.wordpress\.com|feedsportal\.com|pheedo\.com)/"
    r"|//feeds\.feedburner\.com/~|//s\.w\.org/images/core/emoji/|[?&](?:1x1|pixel)(?:[=&]|$)",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*[^\s,]|[^\s,])(?:\s+(\d+(?:\.\d+)?)[wx])?[^,]*(?:,|$)")
_NUMBER = re.compile(r"\s*(\d+)")


def first_shown(markup: str, base: str) -> str:
    """Return the address of the first picture that a piece of HTML shows, which stands at `base`; empty for none."""
    from selectolax.lexbor import LexborHTMLParser  # here: who only lists sources needs no parser

    return first_of(LexborHTMLParser(markup).css("img, source[srcset], source[data-srcset]"), base)


def first_of(nodes: Iterable[LexborNode], base: str) -> str:
    """Return the address of the first real picture of these elements (`img`, and `source` of a `picture`)."""
    for node in nodes:
        attributes = node.attributes
        if node.tag == "source" and (node.parent is None or node.parent.tag != "picture"):
            continue
        found = "" if is_pixel(attributes) else _shown_by(attributes, base)
        if found:
            return found
    return ""


def picture_at(link: object, base: str) -> str:
    """Return the address of the picture that `link` leads to; empty when it leads to none, or to a pixel."""
    found = absolute(link, base) if isinstance(link, str) and link.strip() else None
    return "" if found is None or _PIXEL.search(found) else found


def is_pixel(attributes: Mapping[str, str | None]) -> bool:
    """Return whether an element says that it is too small to be seen."""
    for name in ("width", "height"):
        said = _NUMBER.match(str(attributes.get(name) or ""))
        if said is not None and int(said[1]) < _SMALLEST:
            return True
    return _SMALL_STYLE.search(attributes.get("style") or "") is not None


def _shown_by(attributes: Mapping[str, str | None], base: str) -> str:
    links = [attributes.get(name) for name in _LATE]
    links += [_widest(attributes.get(name)) for name in _LATE_SETS]
    links += [attributes.get("src"), _widest(attributes.get("srcset"))]
    return next((found for link in links if (found := picture_at(link, base))), "")


def _widest(srcset: str | None) -> str:
    found = [(float(match[2] or 1), match[1]) for match in _CANDIDATE.finditer(srcset or "")]
    return max(found, key=lambda one: one[0])[1] if found else ""
