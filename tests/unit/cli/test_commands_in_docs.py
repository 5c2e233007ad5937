"""Does the command line take every command that a page shows, with its options?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.main import app
from handbook.dialect import prose_and_code
from shared.config import PROJECT_FOLDER

_INLINE = re.compile(r"`((?:\.venv/bin/)?nightshift [a-z][^`]+)`")
_LINE = re.compile(r"^\W*((?:\.venv/bin/)?nightshift [a-z].+)$", re.MULTILINE)
_NEXT = re.compile(r"  +|[|>;)]| #| && ")
"""Where a command ends on its line: a remark beside it, a pipe, another command."""
_LEFT_OUT = {"docs/errors.md", "docs/commands.md", "CHANGELOG.md"}
"""Made from the command line itself, or of the past."""


def pages() -> list[Path]:
    """Return the pages beside the code, and those of docs/."""
    return [*sorted(PROJECT_FOLDER.glob("*.md")), *sorted((PROJECT_FOLDER / "docs").rglob("*.md"))]


def commands() -> Iterator[tuple[str, str]]:
    """Yield (page, command) of each command that a page shows."""
    for page in pages():
        name = str(page.relative_to(PROJECT_FOLDER))
        if name not in _LEFT_OUT:
            lines = list(prose_and_code(page.read_text("utf-8").replace("\\\n", "")))
            prose, code = ("\n".join(line for line, of_block in lines if of_block is which) for which in (False, True))
            for shown in (*_INLINE.findall(prose), *_LINE.findall(code)):
                yield name, " ".join(shown.split("\n")).strip()


def refusal(command: str) -> str | None:
    """Return what the command line doesn't know of a command, None when it knows it all."""
    words = _words(command)
    found: Any = typer.main.get_command(app)
    while hasattr(found, "commands") and words and not words[0].startswith("-"):
        if words[0] not in found.commands:
            return f"no command {words[0]}"
        found, words = found.commands[words[0]], words[1:]
    options = {name: one for one in found.params for name in (*one.opts, *one.secondary_opts) if name.startswith("-")}
    places = sum(
        one.nargs if one.nargs > 0 else len(words) for one in found.params if one.param_type_name == "argument"
    )
    given, rest = 0, iter(words)
    for word in rest:
        if not word.startswith("-"):
            given += 1
        elif word.split("=")[0] not in {*options, "--help"}:
            return f"no option {word}"
        elif word in options and not options[word].is_flag and next(rest, None) is None:
            return f"{word} without a value"
    return f"{given} arguments instead of {places}" if given > places else None


def _words(command: str) -> list[str]:
    """Return the words of a command, without a remark beside it, and up to a pipe."""
    quoted = re.sub(r"(?<=\s)'[^']*'", lambda one: "'" + "q" * (len(one[0]) - 2) + "'", command)
    end = _NEXT.search(quoted)
    return shlex.split(command[: end.start()] if end else command)[1:]


def test_pages_show_commands() -> None:
    assert len(list(commands())) > 150


@pytest.mark.parametrize(
    "command", ["nightshift job list", "nightshift jobs list --stat", "nightshift runs show --all"]
)
def test_a_command_that_there_isnt_is_noticed(command: str) -> None:
    assert refusal(command) is not None


def test_the_command_line_takes_every_command_that_a_page_shows() -> None:
    refused = [(page, command, why) for page, command in commands() if (why := refusal(command)) is not None]
    assert refused == []
