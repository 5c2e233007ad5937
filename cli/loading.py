"""Loading of commands: a command's module is imported once it is typed or listed. Most of a start would be imports."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

MODULES = {
    "init": ("init",),
    "wardrobe": ("wardrobe",),
    "enqueue": ("enqueue",),
    "explain": ("explain",),
    "jobs": ("jobs", "follow"),
    "profile": ("profile",),
    "dead-letters": ("dead_letters", "dead_letter_actions"),
    "run": ("run",),
    "runs": ("runs",),
    "schedule": ("schedule",),
    "sources": ("sources",),
    "moods": ("moods",),
    "digest": ("digest",),
    "calls": ("calls",),
    "pickup-rate": ("pickup_rate", "pickup_backtest"),
    "metrics": ("metrics", "metric_series", "metric_backfill"),
    "alerts": ("alerts", "alert_rules", "alert_files", "alert_backtest"),
    "scheduler": ("scheduler",),
    "tasks": ("tasks",),
    "notify": ("notify",),
    "users": ("users",),
    "gates": ("gates",),
    "store": ("store",),
    "sas": ("sas",),
    "keys": ("keys",),
    "rescue": ("rescue",),
    "status": ("status",),
    "health": ("health",),
    "doctor": ("doctor",),
    "analyse": ("analyse",),
    "llm": ("llm",),
}
"""The modules in cli/commands of each command or group of commands, in the order of --help.

The first one's `app` has the command; the others add theirs to it.
"""


class Commands(TyperGroup):
    """The commands of MODULES."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Loading()


class _Loading(MutableMapping[str, Any]):
    """Commands by name. The name of one that isn't loaded yet stands for its module."""

    def __init__(self) -> None:
        self._commands: dict[str, Any] = dict.fromkeys(MODULES)

    def __getitem__(self, name: str) -> Any:
        if self._commands[name] is None:
            around = typer.Typer()
            first, *_ = [import_module(f"cli.commands.{module}") for module in MODULES[name]]
            around.add_typer(first.app)
            self._commands.update(typer.main.get_group(around).commands)
        return self._commands[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)
