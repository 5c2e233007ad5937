"""Does the operator's page say of every alert what it means, what to look at and what to do?"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import processors.health
from processors.health.check import GUIDE, Topic
from shared.config import PROJECT_FOLDER

PAGE = (PROJECT_FOLDER / GUIDE).read_text("utf-8")
PARTS = ("Means", "Look", "Do", "Console")


def topics() -> dict[str, Topic]:
    """Return every topic of the watch, by name."""
    found = {}
    for module in pkgutil.iter_modules(processors.health.__path__, "processors.health."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, Topic):
                found[one.name] = one
    return found


def own_rules() -> set[str]:
    """Return the rules of the app's own, as their modules name them where they evaluate one."""
    return {name for file in sorted((PROJECT_FOLDER / "processors").rglob("*.py")) for name in _evaluated(file)}


def _evaluated(file: object) -> Iterator[str]:
    path = PROJECT_FOLDER / str(file)
    text = path.read_text("utf-8")
    if "Evaluated(" not in text:
        return
    module = importlib.import_module(".".join(path.relative_to(PROJECT_FOLDER).with_suffix("").parts))
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "Evaluated"
            and ast.unparse(node.args[0]) == "SYSTEM"
        ):
            yield str(getattr(module, ast.unparse(node.args[1])))


def sections() -> dict[str, str]:
    """Return the page's sections of the lowest level by their anchors, as GitHub makes them."""
    parts = re.split(r"^(#+ .+)$", PAGE, flags=re.MULTILINE)[1:]
    return {_anchor(heading): text for heading, text in zip(parts[::2], parts[1::2], strict=True)}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).replace(" ", "-")


def test_there_are_as_many_checks_as_the_page_has() -> None:
    told = re.findall(r"^Check `(\w+)`, scope `[^`]+`, severity (\w+)", PAGE, re.MULTILINE)

    assert dict(told) == {topic.name: topic.severity for topic in topics().values()}


@pytest.mark.parametrize("topic", topics().values(), ids=str)
def test_a_check_has_its_section_where_its_message_says(topic: Topic) -> None:
    assert f"Check `{topic.name}`" in sections()[topic.section]


@pytest.mark.parametrize("anchor", [anchor for anchor, text in sections().items() if "**Means**" in text])
def test_a_section_says_what_it_means_what_to_look_at_and_what_to_do(anchor: str) -> None:
    text = sections()[anchor]

    assert re.findall(r"^- \*\*(\w+)\*\*: ", text, re.MULTILINE) == list(PARTS)
    assert "`nightshift " in text


def test_every_rule_of_the_apps_own_is_told_of() -> None:
    rules = own_rules()

    assert rules == {"job-health", "pickup-rate", "reconcile-metrics"}
    assert {rule for rule in rules if f"| `{rule}` |" not in PAGE} == set()
