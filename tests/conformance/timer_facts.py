"""The recorded scenarios of timers in a form that can be compared: minutes from the first instant, not dates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.conformance import recorded_facts

OVERRUNS = 3
"""How many of the recorded six runs are played."""

NEVER = "0001-01-01T00:00:00"
Status = dict[str, str]


def recorded() -> dict[str, dict[str, Any]]:
    """Return what was seen in each scenario, as `timer_scenarios` returns it."""
    timers, beside = recorded_facts.scenarios("timers"), recorded_facts.scenarios("beside")
    early = beside["early-run"]
    return {
        "overrun": overrun([{**event, "at": _seconds(event["at"])} for event in timers["overrun"]["seen"]]),
        "failing": timers["failing"],
        "two-hosts-timer": timers["two-hosts-timer"],
        "minute": {"seen": minutes(timers["minute"]["seen"])},
        "missed-clean": {
            "first_s_after_start": timers["missed-clean"]["first_s_after_start"],
            "seen": minutes(timers["missed-clean"]["seen"]),
        },
        "early-run": {**early, "status": relative(early["status"]), "stored": exactly(early["stored"])},
        "cut-off": beside["cut-off"],
    }


def overrun(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the order of the first runs, when they began after an instant, and how long after the one before."""
    kept = events[: 2 * OVERRUNS - 1]
    again = [round((after["at"] - before["at"]) * 1000) for before, after in zip(kept[1::2], kept[2::2], strict=True)]
    return {
        "order": [[event["phase"], event["n"]] for event in kept],
        "offsets_ms": [offset_ms(kept[0]["at"], 5)] if kept else [],
        "again_ms": again,
    }


def offset_ms(at: float, every: int) -> int:
    """Return how long after (or, negative, before) the nearest instant `at` is."""
    return round(((at + every / 2) % every - every / 2) * 1000)


def minutes(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the starts, with their statuses relative to the first instant."""
    starts = [event for event in events if event["phase"] == "start"]
    if not starts:
        return []
    first = datetime.fromisoformat(starts[0]["status"]["Next"])
    return [
        {"n": start["n"], "pastDue": start.get("pastDue", False), "status": relative(start["status"], first)}
        for start in starts
    ]


def relative(status: Status, first: datetime | None = None) -> dict[str, Any]:
    """Return each instant of a status as whole minutes since `first` (default: its Next); never as it is written."""
    origin = first or datetime.fromisoformat(status["Next"])
    return {name: text if text == NEVER else _minute(text, origin) for name, text in status.items()}


def exactly(status: Status) -> dict[str, Any] | None:
    """Return the seconds of each instant since the Last that was stored, and of Last since its whole minute."""
    if status["Last"] == NEVER:
        return None
    last = datetime.fromisoformat(status["Last"])
    since = {name: (datetime.fromisoformat(text) - last).total_seconds() for name, text in status.items()}
    return {**since, "Last": last.second + last.microsecond / 1e6}


def _minute(text: str, origin: datetime) -> int | str:
    instant = datetime.fromisoformat(text)
    return text if instant.tzinfo is None else (instant - origin) // timedelta(minutes=1)


def _seconds(text: str) -> float:
    minute, second = text.split(":")
    return int(minute) * 60 + float(second)
