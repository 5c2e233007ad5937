"""What if a rule of gates and their probes were broken?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from shared import clock
from shared.jobs import gates
from tests.chaos.planted.plant import bug, deciding


@bug
def gate_passed_by_new_generations() -> Iterator[None]:
    """A closed gate holds only jobs that have begun."""

    def pass_it(original: Any, record: Any, **rest: Any) -> Any:
        number = rest["generation"]
        if record is None or (number is not None and number > record.generation):
            rest["gates"] = ()
        return original(record, **rest)

    with deciding(pass_it):
        yield


@bug
def probe_opens_whatever_closed_since() -> Iterator[None]:
    """A probe's success opens a gate that was closed anew meanwhile."""
    end_probe = gates.Gates.end_probe

    async def always(self: Any, probe: Any, *, success: bool) -> None:
        if success:
            await self.open(probe.name)
        else:
            await end_probe(self, probe, success=success)

    with patch.object(gates.Gates, "end_probe", always):
        yield


@bug
def probe_due_too_soon() -> Iterator[None]:
    """A probe doesn't push the gate's due time past its own deadline."""
    win_probe = gates.Gates.win_probe

    async def soon(self: Any, gate: Any, deadline: Any) -> Any:
        return await win_probe(self, gate, clock.now() - gates.PROBE_MARGIN + timedelta(seconds=1))

    with patch.object(gates.Gates, "win_probe", soon):
        yield
