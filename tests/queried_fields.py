"""Which fields does the app query and sort by? The whole suite tells, and the table of containers has to agree.

The stand-in for Cosmos DB ignores index policies, and SQLite has none: a query that Azure would scan for, or refuse to
sort, passes every test. So each adapter's questions are noted while tests run, and compared at the end with what
`Container.index_paths` has indexed. Questions that tests themselves ask aren't noted.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FrameType
from typing import Any

from shared.config import PROJECT_FOLDER
from shared.documents.containers import CONTAINERS, Container
from shared.documents.cosmos import CosmosDocuments
from shared.documents.sqlite import SqliteDocuments

Noted = set[tuple[str, str]]
"""Pairs of a container's name and a field."""
_OF_TABLE = {container.name: container for container in CONTAINERS}
_OF_APP = tuple(f"{PROJECT_FOLDER}/{package}/" for package in ("api", "cli", "operations", "processors", "shared"))
_BY_ITSELF = "id"
"""Cosmos DB indexes it in every container, whatever the policy says."""
_OF_DATA = {"callRollups": re.compile(r"all|[a-z]+_[0-9a-f]{32}"), "jobs": re.compile(r"payload\.do")}
"""Members that data names, one per scope: asked for in one partition, which holds one slice and is read whole. And the
member by which the tests' own kind of job says what it needs.
"""
_STORE = ("query", "count", "upsert")
"""Methods by which a store is known."""

noted: Noted = set()


def begin() -> None:
    """Note from now on what this process asks its document stores."""
    for adapter in (SqliteDocuments, CosmosDocuments):
        for name in ("query", "count"):
            setattr(adapter, name, _noting(getattr(adapter, name)))


def missing(found: Iterable[tuple[str, str]]) -> list[str]:
    """Return a sentence for each field that is asked for and not indexed."""
    return [
        f"{name}.{field} is queried or sorted by, and isn't indexed: name it in shared/documents/containers.py."
        for name, field in sorted(found)
        if field != _BY_ITSELF and not _is_of_data(name, field) and field not in _OF_TABLE[name].queried_members
    ]


def unused(found: Iterable[tuple[str, str]]) -> list[str]:
    """Return a sentence for each field that is indexed, and that the suite never asked for."""
    asked = {*found, *((one.name, one.partition_key) for one in CONTAINERS)}
    return [
        f"{one.name}.{field} is indexed, and nobody queries or sorts by it."
        for one in CONTAINERS
        for field in one.queried_members
        if (one.name, field) not in asked
    ]


def _noting(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def asked(self: Any, container: Container, **question: Any) -> Any:
        if _OF_TABLE.get(container.name) is container and _is_of_app(_asking(sys._getframe(1))):
            fields = [field for field, _, _ in question.get("where", ())]
            if question.get("order_by"):
                fields.append(question["order_by"].removeprefix("-"))
            noted.update((container.name, field) for field in fields)
        return method(self, container, **question)

    return asked


def _asking(frame: FrameType) -> CodeType:
    """Return the code that asks, past stores that pass the question on to the one they are put around."""
    while _is_store(frame.f_locals.get("self")) and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code


def _is_store(owner: object) -> bool:
    return all(hasattr(type(owner), name) for name in _STORE)


def _is_of_data(container: str, field: str) -> bool:
    return container in _OF_DATA and _OF_DATA[container].fullmatch(field) is not None


def _is_of_app(code: CodeType) -> bool:
    return code.co_filename.startswith(_OF_APP)
