"""Indexing: which functions does function_app.py declare, with which bindings?

As the Python worker does: the module is imported, exactly one FunctionApp may stand at its top level, and one bad
function fails the indexing of the whole app.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from devhost import signatures
from devhost.errors import Refused
from devhost.signatures import Signature

MODULE = "function_app"

Binding = dict[str, Any]


@dataclass(frozen=True, slots=True)
class IndexedFunction:
    """One decorated function: its name, what to call, and its bindings as the decorators' JSON says."""

    name: str
    call: Callable[..., Any]
    trigger: Binding
    others: tuple[Binding, ...]
    signature: Signature
    retry: Binding | None

    @property
    def trigger_type(self) -> str:
        """``queueTrigger``, ``timerTrigger``, …"""
        return str(self.trigger["type"])

    @property
    def has_return(self) -> bool:
        """Whether a binding takes what the function returns."""
        return any(binding["name"] == "$return" for binding in self.others)


def index(root: Path) -> list[IndexedFunction]:
    """Import function_app.py from folder `root` and return its functions, in their order. Raises Refused."""
    app = _only_app(_import(root))
    # The library warns that an app without HTTP functions ignores their auth level: noise for a queue app.
    library_log = logging.getLogger()
    level, library_log.level = library_log.level, logging.ERROR
    try:
        functions = [_indexed(function) for function in app.get_functions()]
    except ValueError as error:
        raise Refused(f"{MODULE}.py fails indexing, so no function of it would run: {error}") from error
    finally:
        library_log.level = level
    _refuse_clashes([function.name for function in functions])
    return functions


def _import(root: Path) -> ModuleType:
    if not (root / f"{MODULE}.py").exists():
        raise Refused(f"There is no {MODULE}.py in {root}. Start in its folder, or name it with --root.")
    sys.path.insert(0, str(root))
    try:
        return importlib.import_module(MODULE)
    except Exception as error:
        raise Refused(f"{MODULE}.py can't be imported: {type(error).__name__}: {error}") from error


def _only_app(module: ModuleType) -> Any:
    from azure.functions import FunctionRegister

    apps = [value for value in vars(module).values() if isinstance(value, FunctionRegister)]
    if not apps:
        raise Refused(f"{MODULE}.py has no FunctionApp at its top level. Write: app = func.FunctionApp()")
    if len(apps) > 1:
        raise Refused(
            f"{MODULE}.py has {len(apps)} FunctionApp names at its top level; the worker allows one. Use Blueprints."
        )
    return apps[0]


def _indexed(function: Any) -> IndexedFunction:
    name = function.get_function_name()
    bindings: list[Binding] = [json.loads(text) for text in function.get_raw_bindings()]
    trigger = function.get_trigger().get_dict_repr()["name"]
    return IndexedFunction(
        name=name,
        call=function.get_user_function(),
        trigger=next(b for b in bindings if b["name"] == trigger),
        others=tuple(b for b in bindings if b["name"] != trigger),
        signature=signatures.check(name, function.get_user_function(), bindings),
        retry=function.get_settings_dict("retry_policy"),
    )


def _refuse_clashes(names: list[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.casefold(), name)
        if other is not name:
            raise Refused(f"{MODULE}.py: functions {other} and {name} have the same name, ignoring case. Rename one.")
