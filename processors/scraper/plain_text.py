"""Plain text of what others write: HTML or not, it becomes one line in which only markup is missing."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any

from w3lib.html import remove_comments, remove_tags_with_content

MAX_MARKUP_CHARACTERS = 20_000
"""A longer text is cut before its markup is taken out: the patterns take time by the square of what is unclosed."""
_HIDDEN = ("script", "style", "noscript", "template", "iframe", "svg")
_TAGS = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blockquote body br button "
    "canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed "
    "fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i "
    "iframe img input ins kbd label legend li link main map mark marquee menu meta meter nav nobr noframes noscript "
    "object ol optgroup option output p param picture pre progress q rp rt ruby s samp script search section select "
    "slot small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead "
    "time title tr track tt u ul var video wbr xmp"
)
_TAG = re.compile(
    rf"</?(?:{'|'.join(_TAGS.split())}|[a-z]+[-:][\w.:-]+)(?=[\s/>])"
    r"""(?:(?:[^'">]|"[^"]*"|'[^']*')*+>|[^>]*>)|<!doctype[^>]*>|<!\[cdata\[|\]\]>|<\?xml[^>]*>""",
    re.IGNORECASE,
)
"""HTML's tags, and those with a hyphen or a colon. ``<3`` and ``sizes <M>`` are none."""
_JOINERS = "\u200b\u200c\u200d"
_JOINING = re.compile(
    rf"(?<=[^\x00-\x7f\s])[{_JOINERS}](?=[^\x00-\x7f\s])|\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f"
)
"""What letters and emoji beyond ASCII need: joiners inside words and between faces, the tags of a flag."""
_SEEN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
"""Format characters that are seen: signs that numbers in Arabic and others stand on."""


def plain(text: Any, limit: int) -> str:
    """Return `text` (HTML or not; anything else is no text) as one line of at most `limit` characters.

    Control, private and invisible characters are taken out: a title must not turn the text around it.
    """
    if not isinstance(text, str):
        return ""
    cut = text[:MAX_MARKUP_CHARACTERS]
    if "<" in cut:
        cut = _TAG.sub(" ", remove_tags_with_content(remove_comments(cut), which_ones=_HIDDEN))
    if "&" in cut:
        cut = html.unescape(cut)
    cut = " ".join(unicodedata.normalize("NFC", cut).split())
    if not cut.isprintable():
        cut = " ".join(_printable(cut).split())
    return cut[:limit].rstrip()


def _printable(text: str) -> str:
    kept = {at for match in _JOINING.finditer(text) for at in range(*match.span())}
    return "".join(c for at, c in enumerate(text) if at in kept or _shows(c))


def _shows(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":  # an emoji younger than Python's tables, unless it is a noncharacter
        return ord(character) & 0xFFFE != 0xFFFE and not 0xFDD0 <= ord(character) <= 0xFDEF
    return not category.startswith("C") or _SEEN.match(character) is not None
