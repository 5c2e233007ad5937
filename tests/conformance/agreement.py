"""Does what was seen agree with what was recorded? All must be equal; times, within one polling interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

POLLING_SECONDS = 2.0
"""maxPollingInterval of every scenario."""

_POLL = POLLING_SECONDS * 1.2  # rests between polls vary by 20 %
_BEAT = 10.0  # of scenario two-hosts-timer: its holder may be killed at any time of it

# How far a time may be off, in its own unit.
_TOLERANCE = {
    "gaps": _POLL,
    "after_s": _POLL,
    "waited_s": _POLL,
    "first_s_after_start": _POLL,
    "took_over_s": 2 * _BEAT,
    "offsets_ms": 1000.0,
    "again_ms": 1000.0,
    # A busy machine may start or end two messages of a batch apart that a free one doesn't.
    "first": 0.0,
    "most": 0.0,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One member that differs. `may_be_chance`: a time, which a busy machine can delay."""

    member: str
    seen: Any
    recorded: Any
    may_be_chance: bool

    def __str__(self) -> str:
        return f"{self.member}: seen {self.seen!r}, recorded {self.recorded!r}"


def differences(seen: dict[str, Any], recorded: dict[str, Any]) -> list[Difference]:
    """Return where `seen` differs from `recorded`, member by member."""
    return [
        Difference(member, seen.get(member), recorded.get(member), member in _TOLERANCE)
        for member in (*recorded, *(member for member in seen if member not in recorded))
        if not _agrees(member, seen.get(member), recorded.get(member))
    ]


def _agrees(member: str, seen: Any, recorded: Any) -> bool:
    tolerance = _TOLERANCE.get(member, 0.0)
    if not tolerance:
        return bool(seen == recorded)
    seen_times, recorded_times = _as_list(seen), _as_list(recorded)
    if len(seen_times) != len(recorded_times):
        return False
    return all(abs(ours - theirs) <= tolerance for ours, theirs in zip(seen_times, recorded_times, strict=True))


def _as_list(value: Any) -> list[float]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
