"""Pseudonyms: under which name does an id that others chose appear in logs?

A job's id, a rule's, a client's or a caller's name may be a person's address or name. What others chose appears as
``#`` and the first 12 digits of its SHA-256: the same id has the same pseudonym, so lines can be put together and an id
that one has can be looked for. What the app itself made up (hashes, GUIDs, runs, its own timers) appears as it is.
"""

from __future__ import annotations

import hashlib
import re

_is_ours = re.compile(r"[0-9a-f]{64}|~[a-z]+").fullmatch
"""Hashes, and the app's own partitions."""
_is_guid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_is_run = re.compile(r"[a-z-]{1,40}\|[0-9TWZ:.-]{8,24}(?:\|\d{1,5})?").fullmatch
"""A run's name, its slot (an instant, a day or a week), and its number."""
_KNOWN = frozenset({"", "system", "dev", "health probe", "00000000-0000-0000-0000-000000000000"})


def shown(id: object) -> str:
    """Return what stands in a log for an id of a client, a rule, a caller."""
    text = str(id)
    if text in _KNOWN or _is_ours(text):
        return text
    return "#" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def shown_job(kind: str, id: str) -> str:
    """Return what stands in a log for a job's id. That of a run is its name and slot; of a plain message, the queue's.

    One from elsewhere that is a GUID names nobody either.
    """
    return id if _is_guid(id) or (kind == "run" and _is_run(id)) else shown(id)
