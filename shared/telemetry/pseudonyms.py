"""Pseudonyms: under which name does an id that others chose appear in logs?

A job's id, a rule's, a client's or a caller's name may be a person's address or name. What others chose appears as
``#`` and the first 12 digits of its SHA-256: the same id has the same pseudonym, so lines can be put together and an id
that one has can be looked for. What the app itself made up (hashes, GUIDs, runs, its own timers) appears as it is.
"""

from __future__ import annotations

import hashlib
import re

_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
_is_ours = re.compile(
    rf"[0-9a-f]{{64}}|[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|\d{{1,12}}|~?[a-z][a-z-]{{0,40}}\|{_INSTANT}(?:\|\d+)?"
    rf"|{_INSTANT}|~[a-z]+"
).fullmatch
_KNOWN = frozenset({"", "system", "dev", "health probe"})


def shown(id: object) -> str:
    """Return what stands for an id in a log."""
    text = str(id)
    if text in _KNOWN or _is_ours(text):
        return text
    return "#" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
