"""Does every error that is raised have a code with a sentence, and does none below the command line name a command?"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import typer

from cli.error_reference import PAGE, page
from cli.main import app
from cli.remedies import REMEDIES
from shared.error_codes import MEANINGS
from tests.azurite import PROJECT

BELOW = [file for package in ("shared", "processors", "operations") for file in (PROJECT / package).rglob("*.py")]
ABOVE = [file for package in ("api", "cli") for file in (PROJECT / package).rglob("*.py")]
TREES = {file: ast.parse(file.read_text("utf-8")) for file in BELOW}
SAID_TO_A_PERSON = {"UsageError", "NotFound", "Refused", "NotAllowed", "Misconfigured", "Permanent", "BadMessage"}
"""Errors whose code somebody filters by, or an API answers with: none goes without one of its own."""
NO_ERRORS = {"event", "Outcome"}
"""Calls whose `code` tells of an error that was raised elsewhere."""
TOOLS = {"processors/schemas.py"}
"""Modules that are started by name and have options of their own."""
OF_OPERATORS = {"shared/needs/commands.py"}
"""The module of lines for an operator's terminal: what an app in Azure lacks, its log tells with them."""


def where(file: Path, node: ast.AST) -> str:
    return f"{file.relative_to(PROJECT).as_posix()}:{getattr(node, 'lineno', 0)}"


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield the calls of plain names, and those names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", "")), node


def texts(node: ast.AST) -> set[str]:
    """Return the texts that an expression may have as its value."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) and node.value else set()
    return texts(node.body) | texts(node.orelse) if isinstance(node, ast.IfExp) else set()


def codes_given() -> dict[str, set[str]]:
    """Return each code that the sources give an error, and where."""
    found = defaultdict(set)
    for file, tree in TREES.items():
        for name, call in calls(tree):
            if name not in NO_ERRORS:
                for given in (word.value for word in call.keywords if word.arg == "code"):
                    for code in texts(given):
                        found[code].add(where(file, call))
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code":
                for code in texts(node.value):
                    found[code].add(where(file, node))
    return found


GIVEN = codes_given()


def fields_given(code: str) -> list[set[str]]:
    """Return which fields each place that raises this code gives it."""
    found = []
    for tree in TREES.values():
        for _, call in calls(tree):
            words = {word.arg: word.value for word in call.keywords}
            if code in texts(words.get("code", ast.Constant(None))):
                given = words.get("fields")
                names = given.keys if isinstance(given, ast.Dict) else []
                found.append({name.value for name in names if isinstance(name, ast.Constant)})
    return found


@pytest.mark.parametrize("code", sorted(GIVEN))
def test_a_code_that_is_raised_has_its_sentence(code: str) -> None:
    assert code in MEANINGS, f"{code}, raised at {GIVEN[code]}, is missing in shared/error_codes.py"


def test_a_sentence_belongs_to_a_code_that_some_module_names() -> None:
    sources = "\n".join(file.read_text("utf-8") for file in [*BELOW, *ABOVE] if file.name != "error_codes.py")
    classes = {"conflict", "preconditionfailed", "unavailable"}

    assert [code for code in MEANINGS if code not in classes and f'"{code}"' not in sources] == []


def test_what_a_person_is_told_has_a_code_of_its_own() -> None:
    without = [
        where(file, call)
        for file, tree in TREES.items()
        for name, call in calls(tree)
        if name in SAID_TO_A_PERSON and "code" not in {word.arg for word in call.keywords}
    ]

    # The scraper's readers run apart from the app and have an exception of their own, whose first argument is the code.
    assert [place for place in without if not place.startswith("processors/scraper/types/")] == []


def test_no_module_below_the_command_line_names_a_command_an_option_or_a_script() -> None:
    commands = "|".join(typer.main.get_command(app).commands)
    named = re.compile(rf"\bnightshift ({commands})\b|(?<![\w-])--[a-z]|\./scripts/")
    found = [
        where(file, node)
        for file, tree in TREES.items()
        if file.relative_to(PROJECT).as_posix() not in TOOLS | OF_OPERATORS
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and named.search(node.value)
    ]

    assert found == []


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_a_remedy_is_of_a_code_that_is_raised_and_speaks_of_fields_that_it_has(code: str) -> None:
    wanted = {field for _, field, _, _ in Formatter().parse(REMEDIES[code]) if field}

    assert code in MEANINGS
    assert [given for given in fields_given(code) if not wanted <= given] == []


def test_the_page_of_error_codes_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m cli.error_reference --write"
