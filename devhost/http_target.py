"""Request target: which path does a request name, and which URL does the function get of it?

As Azure's host reads it, by its published source: percent escapes are decoded but for ``%2F`` and those that aren't
UTF-8, dot segments are taken out, and the function gets the path encoded anew. So ``%252F`` comes as ``%2F``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ABSOLUTE = re.compile(r"https?://[^/?]*", re.IGNORECASE)
# What a path may hold as it is (RFC 3986, pchar), and escapes.
_TO_ENCODE = re.compile(r"(?:(?!%[0-9A-Fa-f]{2})[^A-Za-z0-9/\-._~!$&'()*+,;=:@])+")
_SLASH = 0x2F


class BadTarget(ValueError):
    """No server takes such a target: 400."""


@dataclass(frozen=True, slots=True)
class Target:
    """`path` is decoded; `query` is as it came, with its question mark, or empty."""

    path: str
    query: str

    def url(self, host: str) -> str:
        """Return the URL that a function gets, with `host` as the Host header says."""
        return f"http://{host}{encoded(self.path)}{self.query}"

    def parameters(self) -> dict[str, str]:
        """Return the query's values: empty ones left out, those of one name (ignoring case) joined by commas."""
        values: dict[str, tuple[str, list[str]]] = {}
        for name, value in parse_qsl(self.query[1:], keep_blank_values=True):
            values.setdefault(name.casefold(), (name, []))[1].append(value)
        joined = {name: ",".join(given) for name, given in values.values()}
        return {name: value for name, value in joined.items() if value}


def parse(raw: str) -> Target:
    """Return the target of a request line. Raises BadTarget."""
    if not raw.isascii():
        raise BadTarget("The target isn't ASCII.")
    path, mark, query = _ABSOLUTE.sub("", raw, count=1).partition("?")
    if not path.startswith("/"):
        if path:
            raise BadTarget("The target has no path.")
        path = "/"
    return Target(_without_dots(_ESCAPES.sub(lambda run: _decoded(run.group()), path)), mark + query)


def encoded(path: str) -> str:
    """Return `path` as it stands in a URL; what looks like an escape stays as it is."""
    return _TO_ENCODE.sub(lambda part: quote(part.group(), safe=""), path)


def _decoded(escapes: str) -> str:
    given = bytes.fromhex(escapes.replace("%", ""))
    if 0 in given:
        raise BadTarget("The path holds a NUL.")
    text, at = "", 0
    while at < len(given):
        length = _length_of(given[at])
        try:
            if given[at] == _SLASH:
                raise ValueError
            text += given[at : at + length].decode()
        except ValueError:
            text, length = text + escapes[3 * at : 3 * at + 3], 1
        at += length
    return text


def _length_of(lead: int) -> int:
    return 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
