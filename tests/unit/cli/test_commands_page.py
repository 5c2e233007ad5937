"""docs/commands.md is made from the command line: ``python -m tests.unit.cli.test_commands_page`` writes it."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import typer

from cli.main import app
from shared.config import PROJECT_FOLDER

PAGE = PROJECT_FOLDER / "docs/commands.md"
_HEAD = """# Commands

<!-- Made from cli/: python -m tests.unit.cli.test_commands_page -->

`nightshift` (in `.venv/bin`) reads `local.settings.json` beside `function_app.py`; the environment wins. Each command
says more with `--help`, with examples. Commands that read take `--json`: they print one document on stdout, and
everything else on stderr.

Tables fit the terminal: what doesn't fit beside the rest goes beneath its row. Times are UTC (`02:31:07`, another
day's with its date). Ids are short, and every command takes an id as it is shown: the beginning will do, and `/` stands
for `|`.

Exit codes: **0** done; **1** failed (an error, a dead letter, a time-out); **2** wrong usage. Without a terminal,
commands that delete or end things need `--yes`.

| command | what it does |
|---|---|
"""


def page() -> str:
    """Return the page that the commands' help gives."""
    rows = (f"| `{name}` | {html.escape(about, quote=False)} |\n" for name, about in _commands())
    return _HEAD + "".join(rows)


def test_the_page_lists_every_command_as_its_help_does() -> None:
    assert PAGE.read_text("utf-8") == page(), (
        "Bring it up to date: .venv/bin/python -m tests.unit.cli.test_commands_page"
    )


def _commands() -> Iterator[tuple[str, str]]:
    """Yield (name, first line of the help) of each command, in the order of --help."""
    yield from _within(typer.main.get_command(app), "")


def _within(group: Any, before: str) -> Iterator[tuple[str, str]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _within(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", " ".join((command.help or "").split("\n\n")[0].split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
