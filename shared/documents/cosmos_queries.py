"""Cosmos DB queries: the SQL of the adapter.

Every text stands here. Values are always bound; only names of fields, which are checked, become text, always as
``c["name"]``, since words such as ``value`` are reserved. A comparison of two types is undefined, and so is its
negation, hence a condition first says which type the member must have.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from shared.documents import conditions, ids
from shared.documents.containers import Container
from shared.documents.cosmos_items import ETAG, ORIGINAL
from shared.documents.port import Condition

_NEVER = "false"


class Query(NamedTuple):
    """The `text` of a query, and its `parameters` as the SDK takes them."""

    text: str
    parameters: list[dict[str, Any]]


def documents(
    container: Container,
    partition: str | None,
    where: Sequence[Condition],
    order_by: str | None,
    select: Sequence[str] | None,
    after_partition: str | None = None,
) -> Query:
    """Return the query for the documents that the port's `query` asks for, sorted by `order_by`, else by id.

    It sorts by one field, since two would take a composite index; equal values come as the store likes.
    """
    bound = _Bound()
    clauses = _filter(container, partition, where, bound)
    field, direction = "id", "ASC"
    if order_by is not None:
        field, direction = order_by.removeprefix("-"), "DESC" if order_by.startswith("-") else "ASC"
        clauses.append(f"(IS_DEFINED({_path(field)}) AND NOT IS_NULL({_path(field)}))")
    elif after_partition is not None:
        field = container.partition_key
        clauses.append(f"{_path(field)} > {bound(after_partition)}")
    return Query(
        f"SELECT {_selected(select)} FROM c{_where(clauses)} ORDER BY {_path(field)} {direction}", bound.parameters
    )


def count(container: Container, partition: str | None, where: Sequence[Condition]) -> Query:
    """Return the query for the number of documents that the port's `count` asks for."""
    bound = _Bound()
    clauses = _filter(container, partition, where, bound)
    return Query(f"SELECT VALUE COUNT(1) FROM c{_where(clauses)}", bound.parameters)


class _Bound:
    """The parameters of one query, in order."""

    def __init__(self) -> None:
        self.parameters: list[dict[str, Any]] = []

    def __call__(self, value: Any) -> str:
        name = f"@p{len(self.parameters)}"
        self.parameters.append({"name": name, "value": value})
        return name


def _filter(container: Container, partition: str | None, where: Sequence[Condition], bound: _Bound) -> list[str]:
    clauses: list[str] = []
    if partition is not None:
        # First of all and as an equality of its own: so every gateway sees that one partition is asked.
        clauses.append(f"{_path(container.partition_key)} = {bound(ids.safe(partition))}")
    return clauses + [_condition(container, field, operator, value, bound) for field, operator, value in where]


def _condition(container: Container, field: str, operator: str, value: Any, bound: _Bound) -> str:
    originals = {container.partition_key: "partition", "id": "id"}
    if field not in originals or _is_stored_as_asked(operator, value):
        return _comparison(_path(field), operator, value, bound)
    stored = _comparison(_path(field), operator, value, bound)
    original = _comparison(_path(f"{ORIGINAL}.{originals[field]}"), operator, value, bound)
    is_original = f"IS_DEFINED({_path(ORIGINAL)})"
    return f"((NOT {is_original} AND {stored}) OR ({is_original} AND {original}))"


def _is_stored_as_asked(operator: str, value: Any) -> bool:
    """Tell whether the condition holds for an id exactly when it holds for what is stored in its place."""
    if operator == "exists":
        return True
    values = value if operator == "in" else [value]
    texts = [one for one in values if isinstance(one, str)]
    return operator in ("=", "in") and all(ids.safe(str(one)) == one for one in texts)


def _comparison(path: str, operator: str, value: Any, bound: _Bound) -> str:
    if operator == "exists":
        return f"IS_DEFINED({path})" if value else f"NOT IS_DEFINED({path})"
    if operator == "in":
        return _among(path, value, bound)
    if value is None:
        return f"IS_NULL({path})" if operator == "=" else f"(IS_DEFINED({path}) AND NOT IS_NULL({path}))"
    comparison = f"{path} {operator} {bound(value)}"
    if operator == "!=":
        return f"(IS_DEFINED({path}) AND (NOT {_is_of_type(value)}({path}) OR {comparison}))"
    return comparison if operator == "=" else f"({_is_of_type(value)}({path}) AND {comparison})"


def _among(path: str, values: Sequence[Any], bound: _Bound) -> str:
    listed = [bound(value) for value in values if value is not None]
    alternatives = [f"{path} IN ({', '.join(listed)})"] if listed else []
    if None in values:
        alternatives.append(f"IS_NULL({path})")
    return f"({' OR '.join(alternatives) or _NEVER})"


def _is_of_type(value: Any) -> str:
    if isinstance(value, bool):
        return "IS_BOOL"
    return "IS_NUMBER" if conditions.is_number(value) else "IS_STRING"


def _selected(select: Sequence[str] | None) -> str:
    if select is None:
        return "*"
    names = dict.fromkeys([*(name for name in select if not name.startswith("_")), ETAG, ORIGINAL])
    return ", ".join(f"c[{json.dumps(name)}]" for name in names)


def _where(clauses: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(clauses)}" if clauses else ""


def _path(field: str) -> str:
    return "c" + "".join(f'["{name}"]' for name in field.split("."))
