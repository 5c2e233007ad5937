"""Each module of the app says what it is before it asks anything: its docstring begins with a label."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from shared.config import PROJECT_FOLDER

PACKAGES = ("shared", "processors", "operations", "cli", "devhost", "demo", "bench", "infra")
_QUESTION_FIRST = re.compile(r"([^:.]|\.\S)*\?")
"""A question mark before anything that ends a label: a colon, or a full stop with a blank after it."""


def begins_with_a_question(docstring: str) -> bool:
    """Whether the first line asks before it says what the module is."""
    return _QUESTION_FIRST.match(docstring.split("\n")[0]) is not None


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_begins_with_a_label(package: str) -> None:
    modules = {path: ast.get_docstring(ast.parse(path.read_text("utf-8"))) for path in _modules(package)}
    assert modules
    unlabelled = [
        str(path.relative_to(PROJECT_FOLDER))
        for path, docstring in modules.items()
        if not docstring or begins_with_a_question(docstring)
    ]
    assert unlabelled == [], "Say first what the module is: 'Record of a job: how far it got, and …'"


@pytest.mark.parametrize(
    ("docstring", "asks"),
    [
        ("What is known of a job?", True),
        ("Who is there? One registration per user: read once.", True),
        ("Check of host.json: does it say what the runtime relies on?", False),
        ("What does function_app.py declare?", True),
        ("Record of a job: what is known of it?", False),
        ("Back-off.\n\nHow long until the next try?", False),
    ],
)
def test_a_question_may_follow_a_label(docstring: str, asks: bool) -> None:
    assert begins_with_a_question(docstring) is asks


def _modules(package: str) -> list[Path]:
    return sorted(path for path in (PROJECT_FOLDER / package).rglob("*.py") if path.read_text("utf-8").strip())
