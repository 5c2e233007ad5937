"""Calls come in, too few are picked up, somebody is told; they recover, and that is told too. Once each."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.stage import Stage
from demo.terminal import ask, check, heading, run, say, wait_until

_SENT_SECONDS = 120.0
_LOOKBACK_SECONDS = 3_600


def tell(stage: Stage, environment: dict[str, str]) -> None:
    """Show an alert from a breach to its end. Raises DemoFailed when something isn't right."""
    heading("Pickup rates of outbound calls: an alert, and its end")
    day = stage.home / "calls.jsonl"
    now = datetime.now(UTC)
    lines = [*_calls(now, 400, 0.62, (120, 1_430)), *_calls(now, 60, 0.25, (2, 55))]
    day.write_text("".join(f"{json.dumps(line)}\n" for line in lines) + '{"call_id": "broken"}\n')
    say(f"{day.name} holds a day of generated calls, the last hour of them badly picked up, and one broken line.")
    run(environment, "calls", "import", str(day), exits=1)
    numbers = ("enabled=true", f"lookback_seconds={_LOOKBACK_SECONDS}", "interval_seconds=60")
    run(environment, "pickup-rate", "config", "set", *numbers)
    run(environment, "pickup-rate", "config", "set", "threshold=140", exits=2)
    run(environment, "pickup-rate", "check")
    run(environment, "alerts", "states")
    _wait_sent(environment, "firing")
    (fired,) = _events(environment, "firing")
    say(f"\nWhat was told:\n\n{fired['text']}\n")
    run(environment, "pickup-rate", "check")

    say("The line is mended: new calls are picked up. When the scope is due again, that is told too.")
    better = stage.home / "better.jsonl"
    calls = _calls(datetime.now(UTC), 300, 0.9, (1, 2), name="better")
    better.write_text("".join(f"{json.dumps(line)}\n" for line in calls))
    run(environment, "calls", "import", str(better))
    wait_until(lambda: _is_resolved(environment), "the alert was not resolved", _SENT_SECONDS)
    run(environment, "alerts", "history")
    kinds = [event["kind"] for event in ask(environment, "alerts", "history")["items"]]
    check(kinds == ["resolved", "firing"], f"what was told is {kinds}")
    _wait_sent(environment, "resolved")
    say("Without a webhook messages are blobs in container outbox; SLACK_WEBHOOK_URL sends them to Slack.")


def _calls(
    now: datetime, count: int, rate: float, minutes_ago: tuple[int, int], name: str = "call"
) -> list[dict[str, Any]]:
    """Return calls of three merchants, begun some minutes ago."""
    chance, (latest, earliest) = random.Random(count), minutes_ago
    made = []
    for n in range(count):
        at = now - timedelta(minutes=chance.uniform(latest, earliest))
        text = at.isoformat(timespec="milliseconds")
        made.append({
            "call_id": f"{name}-{count}-{n}", "merchantId": f"merchant-{n % 3}",
            "requestId": f"{name}-{count}-lead-{n // 2}", "status": "FINISHED",
            "outcome": "CONFIRM" if chance.random() < rate else "NO_ANSWER", "initiatedAt": text, "updatedAt": text,
        })  # fmt: skip
    return made


def _events(environment: dict[str, str], kind: str) -> list[dict[str, Any]]:
    return [event for event in ask(environment, "alerts", "history")["items"] if event["kind"] == kind]


def _wait_sent(environment: dict[str, str], kind: str) -> None:
    wait_until(
        lambda: any(event["sent"] for event in _events(environment, kind)),
        f"the message that it is {kind} was not sent",
        _SENT_SECONDS,
    )


def _is_resolved(environment: dict[str, str]) -> bool:
    ask(environment, "pickup-rate", "check")
    return bool(_events(environment, "resolved"))
