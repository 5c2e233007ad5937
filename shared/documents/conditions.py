"""Query conditions: which ones can every adapter answer alike?

A query is written by a programmer, so one that no adapter could answer is a ValueError and never reaches the store.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from shared.documents.port import Condition

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_-]*"
_is_field = re.compile(rf"{_NAME}(\.{_NAME})*").fullmatch
_EQUALITIES = frozenset({"=", "!="})
_COMPARISONS = frozenset({"<", "<=", ">", ">="})


def check_scan(partition: str | None, order_by: str | None, after_partition: str | None) -> None:
    """Raise ValueError for a query by partitions that asks for one partition, or another order."""
    if after_partition is not None and (partition is not None or order_by is not None):
        raise ValueError("A query with after_partition goes through all partitions in their own order.")


def check(where: Sequence[Condition], order_by: str | None = None, limit: int | None = None) -> None:
    """Raise ValueError for a query that doesn't mean the same in every adapter."""
    for field, operator, value in where:
        _check_field(field)
        if not _takes(operator, value):
            raise ValueError(f"The condition {field} {operator} {value!r} isn't one: see port.Condition.")
    if order_by is not None:
        _check_field(order_by.removeprefix("-"))
    if limit is not None and limit < 0:
        raise ValueError(f"The limit {limit} is below 0.")


def is_number(value: Any) -> bool:
    """Tell whether `value` is a number in JSON: a bool isn't."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_field(field: str) -> None:
    if not _is_field(field):
        raise ValueError(f"The field {field!r} can't be asked for: names are of letters, digits, '_' and '-'.")


def _takes(operator: str, value: Any) -> bool:
    if operator == "exists":
        return isinstance(value, bool)
    if operator == "in":
        return isinstance(value, (list, tuple)) and all(_is_scalar(one) for one in value)
    if operator in _COMPARISONS:
        return _is_scalar(value) and (is_number(value) or isinstance(value, str))
    return operator in _EQUALITIES and _is_scalar(value)


def _is_scalar(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, int))
