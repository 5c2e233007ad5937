"""A rule that a user defines: created, run by its schedule, told when it fires and when that is over."""

from __future__ import annotations

import json
from typing import Any

from demo import calls
from demo.stage import Stage
from demo.terminal import ask, check, run, say, wait_until

_NAME = "Corner shop"
_SCOPE = "merchant:corner-shop"
_CONDITION = ("--measure", "pickup_call_rate", "--scope", _SCOPE, "--when", "< 40", "--minimum-sample", "10")


def tell(stage: Stage) -> None:
    """Show how a rule is made. Raises DemoFailed when something isn't right."""
    stage.open_app()
    bad = stage.home / "corner-shop.jsonl"
    calls.write_of_one(bad, "corner-shop", count=20, rate=0.2)
    run(stage.environment, "calls", "import", str(bad))
    say("\nA schedule is looked at before it is used. In its own time zone, whatever the clock there does:")
    run(stage.environment, "alerts", "preview", "--daily", "02:30", "--timezone", "Europe/Berlin", "--count", "3")
    run(stage.environment, "alerts", "create", "--name", _NAME, *_CONDITION, "--cron", "* * * *", exits=2)
    every_minute = ("--cron", "* * * * *", "--timezone", "UTC", "--owner", "ada")
    run(stage.environment, "alerts", "create", "--name", _NAME, *_CONDITION, *every_minute)
    say("\nWhen would it have fired in the last hours, and how often with other thresholds?")
    run(stage.environment, "alerts", "backtest", _NAME, "--from", "3h")
    run(stage.environment, "alerts", "backtest", _NAME, "--from", "3h", "--sweep", "threshold=10..60:10")

    say("\nRules can be kept in git: a file is brought into the store, after a look at what changes.")
    rules = stage.home / "rules.json"
    corner = {**ask(stage.environment, "alerts", "show", _NAME), "severity": "critical"}
    morning = {"type": "weekly", "time": "09:00", "dayOfWeek": [1, 3, 5], "timezone": "Europe/Berlin"}
    condition = {
        "measure": "llm_usage",
        "scope": "org:acme",
        "operator": ">",
        "threshold": 100,
        "windowSeconds": 86_400,
    }
    costs = {"name": "Model costs", "frequency": morning, "condition": condition}
    rules.write_text(json.dumps({"rules": [corner, costs]}, indent=2))
    run(stage.environment, "alerts", "apply", str(rules), "--yes")
    run(stage.environment, "alerts", "apply", str(rules), "--yes")
    run(stage.environment, "scheduler", "status")


def tell_end(stage: Stage) -> None:
    """Show the rule fire by its schedule, and be over. Raises DemoFailed when something isn't right."""
    stage.open_app()
    say("\nThe rule has run each minute since. When it fires, that is told once:")
    wait_until(lambda: _kinds(stage) == ["firing"], "the rule did not fire")
    run(stage.environment, "alerts", "states")
    better = stage.home / "corner-shop-better.jsonl"
    calls.write_of_one(better, "corner-shop", count=60, rate=0.9)
    run(stage.environment, "calls", "import", str(better))
    run(stage.environment, "alerts", "run", _NAME)
    wait_until(lambda: _kinds(stage) == ["resolved", "firing"], "the rule's alert was not resolved")
    run(stage.environment, "alerts", "history", "--scope", _SCOPE)
    run(stage.environment, "alerts", "update", _NAME, "--inactive")
    jobs = [job["name"] for job in ask(stage.environment, "scheduler", "status")["jobs"]]
    check(jobs == ["Alert: Model costs"], f"the scheduler has {jobs}")


def _kinds(stage: Stage) -> list[Any]:
    told = ask(stage.environment, "alerts", "history", "--scope", _SCOPE)["items"]
    return [event["kind"] for event in told]
