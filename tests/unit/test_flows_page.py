"""Do the diagrams of docs/flows.md name functions, queues and containers that there are?"""

from __future__ import annotations

import re

from shared import settings_reference
from shared.config import PROJECT_FOLDER
from shared.documents.containers import CONTAINERS

PAGE = (PROJECT_FOLDER / "docs/flows.md").read_text("utf-8")
DIAGRAMS = re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)
_CONTAINER = re.compile(r"\[\(\"(.*?)\"\)\]")
_QUEUE = re.compile(r'\[\["([a-z-]+)"\]\]')
_FUNCTION = re.compile(r'\(\["([A-Z][A-Za-z]+)')


def functions() -> set[str]:
    """Return the functions that the app registers, by the page that is made from it; without those of poison queues."""
    page = (PROJECT_FOLDER / "docs/functions.md").read_text("utf-8")
    return set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE)) - {"function"}


def test_each_flow_has_one_diagram() -> None:
    flows = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert len(flows) == len(DIAGRAMS) == 9


def test_every_function_is_there() -> None:
    named = {name for diagram in DIAGRAMS for name in _FUNCTION.findall(diagram)}
    assert len(named) > 15
    assert {name.removesuffix("Dlq") for name in named} - functions() == set()


def test_every_function_that_does_work_is_drawn() -> None:
    drawn = {name for diagram in DIAGRAMS for name in _FUNCTION.findall(diagram)}
    assert functions() - drawn == {"ReconcileUsers"}  # as any scheduled run


def test_every_queue_is_there() -> None:
    queues = set(settings_reference.queues().values())
    named = {name for diagram in DIAGRAMS for name in _QUEUE.findall(diagram) if "-" in name}
    assert {name.removesuffix("-poison") for name in named} - queues == set()


def test_every_container_is_there() -> None:
    known = {container.name for container in CONTAINERS}
    named = {
        word
        for diagram in DIAGRAMS
        for label in _CONTAINER.findall(diagram)
        for word in re.split(r", |: ", label)
        if re.fullmatch(r"[a-z]+[A-Z]?[A-Za-z]*", word)
    }
    assert named - known - {"documents", "paused"} == set()
