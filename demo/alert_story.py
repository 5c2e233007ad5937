"""Calls come in, too few are picked up, somebody is told; they recover, and that is told too. Once each."""

from __future__ import annotations

from typing import Any

from demo import calls
from demo.stage import Stage
from demo.terminal import ask, check, run, say, wait_until

_LOOKBACK_SECONDS = 3_600
_INTERVAL_SECONDS = 60
"""The least there is. Other chapters are told meanwhile."""


def tell_breach(stage: Stage) -> None:
    """Show an alert that fires. Raises DemoFailed when something isn't right."""
    stage.open_app()
    day = stage.home / "calls.jsonl"
    calls.write_a_bad_hour(day)
    say(f"\n{day.name} holds a day of generated calls, the last hour of them badly picked up, and one broken line.")
    run(stage.environment, "calls", "import", str(day), exits=1)
    numbers = ("enabled=true", f"lookback_seconds={_LOOKBACK_SECONDS}", f"interval_seconds={_INTERVAL_SECONDS}")
    run(stage.environment, "pickup-rate", "config", "set", *numbers)
    run(stage.environment, "pickup-rate", "config", "set", "threshold=140", exits=2)
    run(stage.environment, "pickup-rate", "check")
    run(stage.environment, "alerts", "states")
    (fired,) = _events(stage, "firing")
    say(f"\nWhat is told once its minute is over, in one message with the minute's others:\n\n{fired['text']}\n")
    say("Without a webhook messages are blobs in container outbox; SLACK_WEBHOOK_URL sends them to Slack.")


def tell_recovery(stage: Stage) -> None:
    """Show the end of the alert. Raises DemoFailed when something isn't right."""
    stage.open_app()
    say(
        f"\nThe line is mended: new calls are picked up. When the scope is due again ({_INTERVAL_SECONDS} s after its "
        "last evaluation), that is told too."
    )
    better = stage.home / "better.jsonl"
    calls.write_better_ones(better)
    run(stage.environment, "calls", "import", str(better))
    wait_until(lambda: _is_resolved(stage), "the alert was not resolved")
    wait_until(lambda: _is_sent(stage), "the message that it fires was not sent")
    run(stage.environment, "alerts", "history", "--scope", "global")
    kinds = [event["kind"] for event in _told(stage)]
    check(kinds == ["resolved", "firing"], f"what was told is {kinds}")


def _events(stage: Stage, kind: str) -> list[dict[str, Any]]:
    return [event for event in _told(stage) if event["kind"] == kind]


def _told(stage: Stage) -> list[dict[str, Any]]:
    """Return what was told of the pickup rate; other chapters have alerts of their own."""
    found: list[dict[str, Any]] = ask(stage.environment, "alerts", "history", "--scope", "global")["items"]
    return found


def _is_sent(stage: Stage) -> bool:
    return any(one["sent"] for one in _events(stage, "firing"))


def _is_resolved(stage: Stage) -> bool:
    ask(stage.environment, "pickup-rate", "check")
    return bool(_events(stage, "resolved"))
