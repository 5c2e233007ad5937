"""Answers: how the plain data that operations return becomes JSON, for programs and for the API alike.

A dataclass becomes an object with camelCase members in the order of its fields (``class_`` is ``class``); an instant
becomes text; what is a document's member already (a payload, a reason) stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared import clock
from shared.documents.port import Body
from shared.documents.shapes import camel_case as camel_case
from shared.errors import NightshiftError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """A list as it is answered: `next` names the page behind it; None when there is none."""

    items: tuple[_T, ...]
    next: str | None = None


def page(items: Iterable[_T]) -> Page[_T]:
    """Return the only page of a list."""
    return Page(tuple(items))


def to_json(value: Any) -> Any:
    """Return `value` as what `json.dumps` takes."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {member: to_json(getattr(value, name)) for name, member in _members(type(value)).items()}
    if isinstance(value, datetime):
        return clock.to_text(value)
    if isinstance(value, NightshiftError):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): to_json(one) for name, one in value.items()}
    if isinstance(value, Iterable):
        return [to_json(one) for one in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def read(of: type[_T], body: Body) -> _T:
    """Return the dataclass `of` filled from a document: each field from its member, None where there is none."""
    return of(**{name: body.get(member) for name, member in _members(of).items()})


def members(of: type[Any]) -> tuple[str, ...]:
    """Return the JSON members of a dataclass, in order."""
    return tuple(_members(of).values())


def _members(of: type[Any]) -> dict[str, str]:
    """Return the JSON member of each field of a dataclass, in order."""
    if of not in _known:
        _known[of] = {f.name: camel_case(f.name) for f in fields(of)}
    return _known[of]


_known: dict[type[Any], dict[str, str]] = {}
