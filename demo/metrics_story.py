"""A day of usage events is recorded, adds up by the hour, and is corrected afterwards."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from demo.stage import Stage
from demo.terminal import ask, check, run, say, wait_until

_ORG = "acme"
_CALLS, _DOCUMENTS = 400, 120


def tell(stage: Stage) -> None:
    """Show metrics from events to a chart. Raises DemoFailed when something isn't right."""
    stage.open_app()
    day, corrections = stage.home / "usage.jsonl", stage.home / "corrections.jsonl"
    _write_a_day(day)
    say(f"\n{day.name} holds a day of usage events of one organisation, and one that no metric counts.")
    run(stage.environment, "metrics", "record", str(day), exits=1)
    say("\nNothing is rolled up yet, but the events can be asked:")
    run(stage.environment, "metrics", "live", "--org", _ORG, "--from", "24h")
    say("\nA tick has what was touched recomputed: every 15 minutes, in this demo every few seconds.")
    wait_until(lambda: _calls(stage) == _CALLS, "the events were not rolled up")
    run(stage.environment, "metrics", "series", "--org", _ORG, "--metric", "llm_calls", "--from", "25h")
    run(stage.environment, "metrics", "summary", "--org", _ORG, "--from", "25h")

    say("\nTen calls never happened, and one cost more: the same events again, later. They land where they belong.")
    _write_corrections(day, corrections)
    run(stage.environment, "metrics", "record", str(corrections))
    wait_until(lambda: _calls(stage) == _CALLS - 10, "the corrections were not rolled up")
    run(stage.environment, "metrics", "overview", "--org", _ORG, "--from", "25h")
    run(stage.environment, "metrics", "status")
    told = ask(stage.environment, "metrics", "record", str(corrections))
    check((told["recorded"], told["known"]) == (0, 11), f"corrections that were recorded again are {told}")


def _calls(stage: Stage) -> int:
    answer = ask(stage.environment, "metrics", "series", "--org", _ORG, "--metric", "llm_calls", "--from", "25h")
    return int(answer["metrics"][0]["total_value"])


def _write_a_day(file: Path) -> None:
    chance = random.Random(7)
    made = [_event(chance, f"call-{n}", "llm", values={"cost": round(chance.uniform(0.001, 0.02), 6)},
                   reason=chance.choice(("challenge", "summarize", "extraction"))) for n in range(_CALLS)]  # fmt: skip
    made += [_event(chance, f"doc-{n}", "document", values={"pages": chance.randint(1, 30)}) for n in range(_DOCUMENTS)]
    lines = [*made, {"event_id": "odd", "orgId": _ORG, "kind": "execution", "occurredAt": made[0]["occurredAt"]}]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def _write_corrections(day: Path, file: Path) -> None:
    events = [json.loads(line) for line in day.read_text().splitlines()[:11]]
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    made = [{**event, "updatedAt": now, "void": True} for event in events[:10]]
    made.append({**events[10], "updatedAt": now, "values": {"cost": 0.5}})
    file.write_text("".join(f"{json.dumps(line)}\n" for line in made))


def _event(chance: random.Random, id: str, kind: str, **more: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(minutes=chance.triangular(1, 1_439, 500))
    text = at.isoformat(timespec="milliseconds")
    project = chance.choice(("invoices", "letters"))
    return {"event_id": id, "orgId": _ORG, "kind": kind, "project": project, "occurredAt": text, **more}
