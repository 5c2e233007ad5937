"""Schemas: what an answer looks like, as JSON Schema, made from the type that its operation returns.

They follow operations/answers.py: a dataclass is an object with camelCase members, an instant is a text.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from operations.answers import camel_case
from shared.errors import NightshiftError

REF = "#/components/schemas/"
_PLAIN: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    Any: {},
    object: {},
}


@dataclass(frozen=True, slots=True)
class Size:
    """How many items a list may have; in Annotated beside the list's type."""

    most: int
    least: int = 1

    def members(self) -> dict[str, int]:
        """Return it as members of a schema."""
        return {"minItems": self.least, "maxItems": self.most}


class Schemas:
    """The schemas of all types that were asked for, by name: `components` of the OpenAPI document."""

    def __init__(self) -> None:
        self.components: dict[str, Any] = {}
        self._named: dict[str, Any] = {}

    def of(self, kind: Any) -> dict[str, Any]:
        """Return the schema of a type. Raises TypeError for one that has none."""
        if isinstance(kind, dict):
            return kind
        if (plain := _PLAIN.get(kind) if _is_hashable(kind) else None) is not None:
            return dict(plain)
        origin, inner = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return {**self.of(inner[0]), **inner[1].members()}
        if origin is Literal:
            return {"enum": list(inner)}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(one) for one in inner]}
        if is_dataclass(origin or kind):
            return self._object(kind, origin, inner)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self._model(kind)
        if isinstance(kind, type) and issubclass(kind, NightshiftError):
            return {"type": "string"}
        of = origin or kind
        if isinstance(of, type) and issubclass(of, Mapping):
            values = self.of(inner[1]) if inner else {}
            return {"type": "object", "additionalProperties": values or True}
        if isinstance(of, type) and issubclass(of, Iterable):
            return {"type": "array", "items": self.of(inner[0]) if inner else {}}
        raise TypeError(f"{kind} has no schema")

    def _object(self, kind: Any, origin: Any, inner: tuple[Any, ...]) -> dict[str, Any]:
        of = origin or kind
        name = "".join([of.__name__, *(_name(one) for one in inner)])
        if self._is_new(name, kind):
            self.components[name] = {}  # one that holds itself finds this
            hints = get_type_hints(of)
            given = dict(zip(getattr(of, "__parameters__", ()), inner, strict=False))
            properties = {camel_case(f.name): self.of(_filled(hints[f.name], given)) for f in fields(of)}
            text = re.sub(r"\s+", " ", (of.__doc__ or "").strip())
            self.components[name] = {
                "type": "object",
                "description": text,
                "properties": properties,
                "required": list(properties),
            }
        return {"$ref": REF + name}

    def _model(self, kind: type[BaseModel]) -> dict[str, Any]:
        name = kind.__name__
        if self._is_new(name, kind):
            made = _without_defaults(kind.model_json_schema(ref_template=REF + "{model}"))
            self.components.update(made.pop("$defs", {}))
            self.components[name] = made
        return {"$ref": REF + name}

    def _is_new(self, name: str, kind: Any) -> bool:
        """Return whether a schema isn't there yet. Raises TypeError when another type has its name."""
        if self._named.setdefault(name, kind) != kind:
            raise TypeError(f"{kind} and {self._named[name]} have one name: {name}")
        return name not in self.components


def _filled(kind: Any, given: Mapping[Any, Any]) -> Any:
    """Return a type with its type variables replaced."""
    if isinstance(kind, TypeVar):
        return given[kind]
    inner = get_args(kind)
    if not given or not any(isinstance(one, TypeVar) for one in inner):
        return kind
    return get_origin(kind)[tuple(given.get(one, one) for one in inner)]


def _without_defaults(schema: Any) -> Any:
    """Return a schema without those defaults that are objects: makers of clients give up on them."""
    if isinstance(schema, list):
        return [_without_defaults(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: one for name, one in schema.items() if name != "default" or not isinstance(one, dict)}
    return {name: _without_defaults(one) for name, one in kept.items()}


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", re.sub(r"\W", "", str(kind)))


def _is_hashable(kind: Any) -> bool:
    try:
        hash(kind)
    except TypeError:
        return False
    return True
