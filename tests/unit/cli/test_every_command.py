"""What holds for every command?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
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


HEAVY = ("azure", "PIL", "numpy", "pydantic", "aiohttp", "feedparser", "selectolax", "jinja2", "rich", "sqlite3")


def imported_by(statement: str, of: Sequence[str]) -> list[str]:
    """Return which of these packages a fresh process has imported after `statement`."""
    code = f"import sys; {statement}; print(*[name for name in {(*of,)} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=LIMIT_SECONDS
    )
    return done.stdout.split()


def test_the_command_line_starts_without_what_only_some_commands_need() -> None:
    assert imported_by("import cli.main", (*HEAVY, "processors")) == []


def test_knowing_the_kinds_of_job_takes_no_client_parser_or_store() -> None:
    assert imported_by("import processors.catalogue", HEAVY) == ["pydantic"]


@pytest.mark.parametrize("operation", ["jobs", "dead_letters", "gates", "runs"])
def test_reading_what_is_stored_takes_no_kinds_of_job(operation: str) -> None:
    found = imported_by(f"import operations.{operation}", (*HEAVY, "processors.catalogue"))

    assert set(found) <= {"pydantic"}
