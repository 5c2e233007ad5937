"""Check of signatures: does a function take the parameters that its bindings give?

The worker checks this while indexing: each parameter is named as an arg_name, and annotated with a type its binding can
give. One misfit fails the whole app.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from devhost.errors import Refused


@dataclass(frozen=True, slots=True)
class Signature:
    """How a function is called. `plain` names the parameters that get the bare text or bytes of their binding."""

    is_async: bool
    needs_context: bool
    plain: frozenset[str]


def check(name: str, call: Callable[..., Any], bindings: list[dict[str, Any]]) -> Signature:
    """Return how to call the function. Raises Refused where the worker fails to load it."""
    parameters = set(inspect.signature(call).parameters)
    try:
        annotations = typing.get_type_hints(call)
    except (NameError, TypeError) as error:
        raise Refused(f"Function {name} has an annotation that doesn't resolve: {error}") from error
    by_name = {b["name"]: b for b in bindings if b["name"] != "$return"}
    needs_context = "context" in parameters and "context" not in by_name
    parameters -= {"context"} if needs_context else set()
    _check_names(name, parameters, set(by_name))
    _check_return(name, annotations, bindings)
    plain = set()
    for parameter, binding in by_name.items():
        if parameter in annotations and _checked(name, parameter, annotations[parameter], binding):
            plain.add(parameter)
    return Signature(
        is_async=inspect.iscoroutinefunction(call),
        needs_context=needs_context,
        plain=frozenset(plain),
    )


def _check_names(name: str, parameters: set[str], bound: set[str]) -> None:
    if unbound := sorted(parameters - bound):
        raise Refused(
            f"Function {name} takes {', '.join(unbound)}, which no binding gives. Name parameters as their arg_name."
        )
    if missing := sorted(bound - parameters):
        raise Refused(f"Function {name} doesn't take {', '.join(missing)}, which its bindings give.")


def _check_return(name: str, annotations: dict[str, Any], bindings: list[dict[str, Any]]) -> None:
    binding = next((b for b in bindings if b["name"] == "$return"), None)
    if binding is None or "return" not in annotations:
        return
    kind = annotations["return"]
    if not isinstance(kind, type) or not _takes(binding["type"], kind):
        raise Refused(
            f"Function {name} is annotated to return {getattr(kind, '__name__', kind)}, which its {binding['type']} "
            "binding doesn't take. Return its azure.functions class or str."
        )


def _checked(name: str, parameter: str, annotation: Any, binding: dict[str, Any]) -> bool:
    """Return whether the parameter takes the bare text or bytes. Raises Refused when the annotation doesn't fit."""
    is_out = getattr(typing.get_origin(annotation) or annotation, "__name__", "") == "Out"
    if is_out != (binding["direction"] == "OUT"):
        raise Refused(f"Function {name}: {parameter} and its binding disagree on whether it is an output (func.Out).")
    if is_out or annotation.__class__.__module__.startswith("azurefunctions."):
        return False
    if annotation in (str, bytes):
        return True
    if not _accepts(binding["type"], annotation):
        raise Refused(
            f"Function {name}: {parameter} is annotated {getattr(annotation, '__name__', annotation)}, which a "
            f"{binding['type']} can't give. Take its azure.functions class, str or bytes."
        )
    return False


def _accepts(binding_type: str, annotation: Any) -> bool:
    from azure.functions import get_binding_registry

    converter = get_binding_registry().get(binding_type)  # type: ignore[no-untyped-call]
    if not isinstance(annotation, type):
        return (
            typing.get_origin(annotation) is not None and converter is not None and _check_with(converter, annotation)
        )
    if converter is None:
        return issubclass(annotation, str | bytes)
    return _check_with(converter, annotation)


def _takes(binding_type: str, kind: type) -> bool:
    from azure.functions import get_binding_registry

    converter = get_binding_registry().get(binding_type)  # type: ignore[no-untyped-call]
    if converter is None:
        return issubclass(kind, str | bytes | bytearray)
    return bool(converter.check_output_type_annotation(kind))


def _check_with(converter: Any, annotation: Any) -> bool:
    try:
        return bool(converter.check_input_type_annotation(annotation))
    except TypeError:
        return False
