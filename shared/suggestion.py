"""Suggestion: which of the known names was meant by one that isn't among them?"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_ALIKE = 0.7
"""How alike two names are at least (difflib's ratio): a letter left out, doubled, swapped or mistaken."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `` Did you mean 'threshold'?``, to stand behind a sentence; empty when no known name is like it."""
    spelled = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), spelled, n=1, cutoff=_ALIKE)
    return f" Did you mean {spelled[found[0]]!r}?" if found else ""
