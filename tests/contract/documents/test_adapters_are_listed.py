"""Is every adapter held to the contract, and to the part of it that nothing excuses?"""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import shared.documents
from shared.documents import port
from tests.contract.documents.adapters import ADAPTERS, NEVER_EXCUSED


def test_every_adapter_in_shared_documents_is_listed() -> None:
    operations = {name for name in vars(port.Documents) if not name.startswith("_")}
    modules = [
        importlib.import_module(f"shared.documents.{module.name}")
        for module in pkgutil.iter_modules(shared.documents.__path__)
    ]

    adapters = {
        value
        for module in modules
        if module is not port
        for value in vars(module).values()
        if isinstance(value, type) and value is not port.Documents and operations <= set(dir(value))
    }

    assert adapters == {adapter.type for adapter in ADAPTERS}


def test_no_adapter_is_excused_from_get_missing_create_conflict_and_etags() -> None:
    files = [Path(__file__).with_name(name).read_text() for name in NEVER_EXCUSED]
    tests = {name for text in files for name in re.findall(r"^async def (test_\w+)", text, re.MULTILINE)}
    excused = [name for adapter in ADAPTERS for name in adapter.cannot]

    assert {"test_get_returns_none_for_an_unknown_id", "test_create_raises_conflict_when_the_id_is_taken"} <= tests
    assert not [name for name in excused if any(name.startswith(test) or test.startswith(name) for test in tests)]
