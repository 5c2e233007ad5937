"""Is every adapter held to the contract?"""

from __future__ import annotations

import importlib
import pkgutil

import shared.documents
from shared.documents import port
from tests.contract.documents.adapters import ADAPTERS


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
