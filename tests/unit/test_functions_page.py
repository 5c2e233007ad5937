"""docs/functions.md is made from function_app.py: ``python -m tests.unit.test_functions_page`` writes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from processors.catalogue import run_definitions
from shared import settings_reference
from shared.config import PROJECT_FOLDER, Settings

PAGE = PROJECT_FOLDER / "docs/functions.md"
_DECLARED = """
import json, function_app
functions = [
    (f.get_function_name(), f.get_trigger().get_dict_repr(), f.get_user_function().__doc__)
    for f in function_app.app.get_functions()
]
print(json.dumps(functions, default=str))
"""
_HEAD = """# Functions

<!-- Made from function_app.py: python -m tests.unit.test_functions_page -->

`function_app.py` registers every function. It holds no logic: each function calls a workload in `processors/`.

## On queues

Each queue has two functions. One handles its messages. The other, whose name ends in `Dlq`, turns what the Functions
host moved to the poison queue into dead letters. A setting names the queue; the table shows its default.

| function | queue | setting | what it does |
|---|---|---|---|
"""
_TIMERS = """
## On timers

Schedules are NCRONTAB (second minute hour day month weekday) in UTC; `nightshift schedule` lists the next firings.
A timer opens a [run](runs.md), whose work the queue functions do; or it does housekeeping itself.

| function | schedule | opens the run | what it does |
|---|---|---|---|
"""
_REQUESTS = """
## On requests

One function takes every request, and hands it to [the HTTP API](api.md), which checks who asks.

| function | route | what it does |
|---|---|---|
"""


def page() -> str:
    """Return the page that function_app.py and the catalogue give."""
    functions = list(_declared())
    names = {name for name, _, _ in functions}
    queues = [row for row in functions if row[1]["type"] == "queueTrigger" and not row[0].endswith("Dlq")]
    timers = [row for row in functions if row[1]["type"] == "timerTrigger"]
    requests = [row for row in functions if row[1]["type"] == "httpTrigger"]
    assert names == {
        *(name for name, _, _ in (*timers, *requests)),
        *(name + ending for name, _, _ in queues for ending in ("", "Dlq")),
    }, "The page has no section for the others"
    parts = (
        _HEAD,
        *(_of_queue(*row) for row in queues),
        _TIMERS,
        *(_of_timer(*row) for row in timers),
        _REQUESTS,
        *(_of_request(*row) for row in requests),
    )
    return "".join(parts)


def test_the_page_lists_every_function_of_the_app() -> None:
    assert PAGE.read_text("utf-8") == page(), "Bring it up to date: .venv/bin/python -m tests.unit.test_functions_page"


def _declared() -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield (name, trigger, docstring) of each function, as a process with no settings declares them."""
    environment = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    told = subprocess.run(
        [sys.executable, "-c", _DECLARED],
        cwd=PROJECT_FOLDER,
        env={**environment, "AzureWebJobsStorage": "UseDevelopmentStorage=true"},
        check=True,
        capture_output=True,
        text=True,
    )
    yield from json.loads(told.stdout)


def _of_queue(name: str, trigger: Mapping[str, Any], about: str) -> str:
    setting = trigger["queueName"].strip("%")
    return f"| `{name}`, `…Dlq` | `{settings_reference.queues()[setting]}` | `{setting}` | {about} |\n"


def _of_timer(name: str, trigger: Mapping[str, Any], about: str) -> str:
    run = next((f"`{one.name}`" for one in run_definitions(Settings()) if one.timer == name), "")
    return f"| `{name}` | {_schedule(trigger['schedule'])} | {run} | {about} |\n"


def _of_request(name: str, trigger: Mapping[str, Any], about: str) -> str:
    return f"| `{name}` | `/{trigger['route']}` | {about} |\n"


def _schedule(given: str) -> str:
    """Return a timer's schedule; the default of one that a setting gives, with that."""
    setting = given.strip("%")
    return f"`{given}`" if setting == given else f"`{settings_reference.named_by_triggers()[setting]}` (`{setting}`)"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
