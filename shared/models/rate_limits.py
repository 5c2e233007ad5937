"""Rate limits of models: how long does a 429 say to wait?

``retry-after-ms`` or ``Retry-After`` says it; else the limits' own headers do (OpenAI, "Rate limits"; Azure OpenAI,
"Manage quota"): ``x-ratelimit-remaining-…`` and ``x-ratelimit-reset-…`` of requests and of tokens. OpenAI gives times
such as ``6m0s`` and ``12ms``, Azure seconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from shared.web.retry_after import bounded, retry_after

_UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|d|h|m|s)", re.ASCII)
_TIME = re.compile(rf"(?:{_PART.pattern})+", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)


def wait_of(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long a 429 with these headers says to wait, from 1 s to a day; None if it doesn't."""
    told = retry_after(headers)
    if told is not None:
        return told
    seconds = _until_reset(headers)
    return bounded(seconds) if seconds else None


def _until_reset(headers: Mapping[str, str]) -> float:
    """Return the seconds until the limit is reset that the request ran into; 0 if that isn't said.

    A limit of which nothing remains; else that of tokens, since a request may need more of them than remain, but is one
    request. (Azure says -1 and 0 where it doesn't tell.)
    """
    resets = {name: seconds_of(headers.get(f"x-ratelimit-reset-{name}", "")) for name in ("requests", "tokens")}
    left = {name: headers.get(f"x-ratelimit-remaining-{name}", "").strip() for name in resets}
    spent = [resets[name] for name in resets if left[name] == "0"]
    possible = [resets[name] for name in resets if name == "tokens" or not _NUMBER.fullmatch(left[name])]
    return max(spent, default=0.0) or max(possible)


def seconds_of(text: str) -> float:
    """Return a time such as ``6m0s``, ``12ms`` or ``55`` in seconds; 0 for what is none."""
    text = text.strip().lower()
    if _NUMBER.fullmatch(text):
        return float(text)
    if not _TIME.fullmatch(text):
        return 0.0
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
