"""A past of three weeks, told out of sight by a demo that stays: each page of the console has something to show."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from demo.stage import Stage
from demo.terminal import ask, run, run_and_wait, wait_until

_DAYS = 20
_BAD_DAYS = (8, 9)
"""Days ago on which few calls were picked up."""
_MERCHANTS = {"bakery": 0.72, "corner-shop": 0.55, "garage": 0.61, "florist": 0.66, "optician": 0.58}
"""Merchants, and how often they pick up."""
_PRESENT = timedelta(hours=25)
"""What other chapters told is younger."""
_BROKEN_LIKES: tuple[dict[str, Any], ...] = (
    *({"user_id": user, "item_id": 7} for user in ("ada", "ben", "cleo")),
    *({"user_id": user, "item_id": "scarf", "image_url": "{blobs}/wardrobe-images/shop/scarf.png"}
      for user in ("ada", "ben", "cleo", "dora", "emil")),
    *({"user_id": user, "item_id": "belt", "image_url": "ftp://pictures.example/belt.png"} for user in ("ada", "dora")),
)  # fmt: skip


def tell(stage: Stage) -> None:
    """Let there be calls, usage, digests, dead letters and rules. Raises DemoFailed when one can't be."""
    stage.open_app()
    chance, now = random.Random(18), datetime.now(UTC)
    calls = _file(stage.home / "past-calls.jsonl", [_call(chance, now, n) for n in range(8_000)])
    usage = _file(stage.home / "past-usage.jsonl", [_event(chance, now, n) for n in range(4_000)])
    run(stage.environment, "calls", "import", str(calls))
    run(stage.environment, "metrics", "record", str(usage))
    _send_broken_likes(stage)
    for name, slots in (("digest", (21, 14, 7)), ("moods", (2, 1)), ("scraper", (2, 1))):
        for days in slots:
            at = now - timedelta(days=days)
            slot = f"{at:%G-W%V}" if name == "digest" else f"{at:%Y-%m-%d}"
            run_and_wait(stage.environment, "run", name, "--slot", slot, exits=1 if name == "scraper" else 0)
    _make_rules(stage)


def _send_broken_likes(stage: Stage) -> None:
    for number, like in enumerate(_BROKEN_LIKES):
        body = stage.home / f"broken-{number}.json"
        body.write_text(json.dumps({**like, "job_id": f"broken-{number}"}).replace("{blobs}", stage.blobs))
        run(stage.environment, "enqueue", "taste", "--raw", str(body))


def _make_rules(stage: Stage) -> None:
    daily = ("--daily", "09:00", "--timezone", "Europe/Berlin", "--owner", "ada")
    spent = ("--measure", "llm_usage", "--scope", "org:acme", "--when", "> 1", "--window", "24h", "--severity", "error")
    picked = ("--measure", "pickup_call_rate", "--scope", "merchant:bakery", "--when", "< 40", "--window", "168h")
    run(stage.environment, "alerts", "create", "--name", "Model spend of acme", *spent, *daily)
    run(stage.environment, "alerts", "create", "--name", "Bakery's pickups", *picked, *daily, "--minimum-sample", "20")
    for name in ("Model spend of acme", "Bakery's pickups"):
        run(stage.environment, "alerts", "run", name)
    wait_until(lambda: bool(ask(stage.environment, "tasks", "list")["items"]), "the rule did not fire")


def _call(chance: random.Random, now: datetime, number: int) -> dict[str, Any]:
    at = _working_hour(chance, now)
    merchant, rate = chance.choice(list(_MERCHANTS.items()))
    picked = chance.random() < (rate * 0.4 if (now - at).days in _BAD_DAYS else rate)
    return {
        "call_id": f"past-{number}", "merchantId": merchant, "requestId": f"past-lead-{number // 2}",
        "status": "FINISHED", "outcome": "CONFIRM" if picked else "NO_ANSWER", "initiatedAt": _text(at),
        "updatedAt": _text(at),
    }  # fmt: skip


def _event(chance: random.Random, now: datetime, number: int) -> dict[str, Any]:
    about = {"event_id": f"past-{number}", "orgId": "acme", "project": "letters"}
    about["occurredAt"] = _text(_working_hour(chance, now))
    if number % 4 == 0:
        return {**about, "kind": "document", "values": {"pages": chance.randint(1, 30)}}
    reason = chance.choice(("challenge", "summarize", "extraction"))
    return {**about, "kind": "llm", "reason": reason, "values": {"cost": round(chance.uniform(0.001, 0.02), 6)}}


def _working_hour(chance: random.Random, now: datetime) -> datetime:
    """Return an instant of the past, most often in the middle of a day."""
    day = (now - _PRESENT - timedelta(days=chance.randrange(_DAYS))).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(minutes=chance.triangular(420, 1_320, 840))


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _file(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path
