"""Does every command answer programs as it did, on one recorded world?

`json_answers.json` holds what each command line printed with --json, its exit code and, if it changed something, what
it left behind. A change of what programs read is meant to fail here. When it is wanted, have the answers written down
anew, and look at the difference:

    NIGHTSHIFT_RECORD=1 python -m pytest tests/integration/cli/test_json_answers.py
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli import answers
from tests.integration.cli.lines import CHANGING, NOT_ASKED, NOT_GIVEN, READING
from tests.integration.cli.recording import Recording
from tests.unit.cli.test_every_command import COMMANDS

RECORDS = os.environ.get("NIGHTSHIFT_RECORD") == "1"
LINES = [*READING, *CHANGING]


@pytest.fixture(scope="module")
def written_down() -> Iterator[dict[str, Any]]:
    """The answers by line; what a recording puts in is written down at the end."""
    assert not (RECORDS and "PYTEST_XDIST_WORKER" in os.environ), "Record in one process: without -n"
    found = answers.read()
    yield found
    if RECORDS:
        answers.write({line: found[line] for line in LINES if line in found})


@pytest.mark.parametrize("line", READING)
def test_a_command_answers_as_it_did(
    line: str, recording: Recording, written_down: dict[str, Any], tmp_path: Path
) -> None:
    compare(line, recording.answer(words_of(line), tmp_path), written_down)


@pytest.mark.parametrize("line", CHANGING)
def test_a_command_answers_and_leaves_behind_as_it_did(
    line: str, recording: Recording, written_down: dict[str, Any], tmp_path: Path
) -> None:
    compare(line, recording.answer_and_changes(words_of(line), tmp_path), written_down)


def test_every_command_is_asked_by_each_of_its_options() -> None:
    given: dict[str, set[str]] = {}
    for line in LINES:
        given.setdefault(command_of(line), set()).update(shlex.split(line))
    missing = {
        name: left
        for name in COMMANDS.keys() - NOT_ASKED
        if name not in given or (left := options(name) - given[name] - NOT_GIVEN.get(name, set()) - {"--json"})
    }

    assert missing == {}


@pytest.mark.skipif(RECORDS, reason="written down at the end")
def test_what_is_written_down_is_what_is_asked() -> None:
    assert list(answers.read()) == LINES


def compare(line: str, said: dict[str, Any], written_down: dict[str, Any]) -> None:
    """Compare an answer with the one that is written down; or when recording, keep it."""
    if RECORDS:
        written_down[line] = said
        pytest.skip("written down, not compared")
    assert answers.as_text(said) == answers.as_text(written_down.get(line))


def words_of(line: str) -> list[str]:
    """Return a line's words, with --json where the command takes it."""
    return shlex.split(line) + ["--json"] * ("--json" in options(command_of(line)))


def command_of(line: str) -> str:
    """Return the name of the command that a line types."""
    return max((name for name in COMMANDS if f"{line} ".startswith(f"{name} ")), key=len)


def options(name: str) -> set[str]:
    """Return the long options of a command."""
    given = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    return {option for option in given if option.startswith("--")}
