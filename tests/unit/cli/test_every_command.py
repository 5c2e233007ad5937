"""What holds for every command?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from cli.main import app
from tests.patience import LIMIT_SECONDS

READING = {"list", "show", "missed", "status", "schedule", "doctor", "analyse"}


def commands(group: Any, *path: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.split()[-1] in READING])
def test_a_reading_command_takes_json(name: str) -> None:
    assert "--json" in {option for parameter in COMMANDS[name].params for option in parameter.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_and_shows_examples(name: str) -> None:
    assert COMMANDS[name].help
    assert f"$ nightshift {name}" in (COMMANDS[name].epilog or "")


def test_the_command_line_starts_without_what_only_some_commands_need() -> None:
    heavy = ("azure", "PIL", "numpy", "pydantic", "aiohttp", "rich", "sqlite3", "processors")
    code = f"import cli.main, sys; print(*[name for name in {heavy} if name in sys.modules])"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=LIMIT_SECONDS
    )

    assert loaded.stdout.split() == []
