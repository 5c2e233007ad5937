"""Cosmos DB usage: calls and request units, by the port's operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.telemetry import signals

CHARGE_HEADER = "x-ms-request-charge"


@dataclass(slots=True)
class Used:
    """How often an operation was called, and the request units that it cost."""

    calls: int = 0
    request_units: float = 0.0


class Usage:
    """What one adapter has used since it was made."""

    def __init__(self) -> None:
        self.by_operation: dict[str, Used] = {}

    @property
    def request_units(self) -> float:
        """All of them."""
        return sum(used.request_units for used in self.by_operation.values())

    def called(self, operation: str) -> None:
        """Count a call."""
        self._used(operation).calls += 1

    def charged(self, operation: str, headers: Mapping[str, str]) -> None:
        """Add what an answer with `headers` says that it cost: nothing when it doesn't say."""
        units = float(headers.get(CHARGE_HEADER) or 0)
        self._used(operation).request_units += units
        signals.current().spent(units)

    def _used(self, operation: str) -> Used:
        return self.by_operation.setdefault(operation, Used())
