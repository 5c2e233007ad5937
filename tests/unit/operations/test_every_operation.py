"""What holds for every operation?"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

import operations
from operations.actor import Actor
from operations.dead_letters import Choice
from operations.enqueue import Line
from processors.metrics import backfill, series
from shared import clock
from shared.errors import NotAllowed
from shared.jobs.bulk import Filter
from shared.jobs.record import JobKey, Record
from shared.jobs.record_store import Held

NOW = clock.now()
NOBODY = Actor("nobody", frozenset(), frozenset())


class Untouchable:
    """Services, documents and settings that nothing may be read of."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was read before it was asked whether it may be")


def found() -> dict[str, Callable[..., Any]]:
    """Return the public functions of operations that take an actor, by name."""
    functions = {}
    for module in pkgutil.walk_packages(operations.__path__, "operations."):
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            public = function.__module__ == module.name and not name.startswith("_")
            if public and "by" in inspect.signature(function).parameters:
                functions[f"{module.name.removeprefix('operations.')}.{name}"] = function
    return functions


OPERATIONS = found()
NOT_ASKED = {"jobs.interventions", "rule_checks.checked"}
"""What operations share, behind their own asking."""


async def called(function: Callable[..., Any]) -> None:
    """Call an operation as nobody, with arguments that can't be read."""
    parameters = inspect.signature(function).parameters.values()
    needed = {p.name: cast(Any, Untouchable()) for p in parameters if p.default is inspect.Parameter.empty}
    given = {
        "user": "ada",
        "scope": "global",
        "members": {},
        "lines": [Line(1, {"user_id": "ada"})],
        "letters": [Held(Record(JobKey("ada", "hat"), "taste", "taste-jobs", "dead", NOW, NOW), "")],
        "choice": Choice((), Filter()),
        "question": series.asked("acme", NOW - timedelta(days=1), NOW),
        "wanted": backfill.asked("acme", days=1),
        "which": "a rule",
    }
    answer = function(**{**needed, **{name: given[name] for name in given if name in needed}, "by": NOBODY})
    if inspect.isasyncgen(answer):
        await anext(answer)
    elif inspect.isgenerator(answer):
        next(answer)
    else:
        await answer


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - NOT_ASKED))
async def test_an_operation_asks_whether_it_is_allowed_before_it_reads_anything(name: str) -> None:
    with pytest.raises(NotAllowed):
        await called(OPERATIONS[name])


def test_there_are_operations() -> None:
    assert len(OPERATIONS) > 40
