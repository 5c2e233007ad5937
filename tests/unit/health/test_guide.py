"""Does every finding name a section of the operator's page that is there?"""

from __future__ import annotations

import importlib
import pkgutil
import re

import processors.health
from processors.health.check import GUIDE, Topic
from shared.config import PROJECT_FOLDER


def topics() -> dict[str, Topic]:
    """Return every topic of the watch, by name."""
    found = {}
    for module in pkgutil.iter_modules(processors.health.__path__, "processors.health."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, Topic):
                found[one.name] = one
    return found


def anchors() -> set[str]:
    """Return the anchors of the page's headings, as GitHub makes them."""
    page = (PROJECT_FOLDER / GUIDE).read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_finding_names_a_section_of_the_operators_page() -> None:
    found = topics()

    assert len(found) == 13
    assert {name: topic.section for name, topic in found.items() if topic.section not in anchors()} == {}
