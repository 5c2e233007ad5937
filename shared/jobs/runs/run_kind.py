"""The run as a kind of job."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared import clock, skew
from shared.config import Settings
from shared.errors import UsageError
from shared.jobs.kinds import Kind, Policy
from shared.jobs.messages import BadMessage
from shared.jobs.runs.definition import RunDefinitions
from shared.jobs.runs.ended_from_outside import KIND, EndedFromOutside
from shared.jobs.runs.job import RunJob, key_of
from shared.jobs.runs.shards import FOREVER
from shared.jobs.runs.slots import not_due_text
from shared.jobs.runs.steps import RunSteps


def run_kind(settings: Settings, definitions: RunDefinitions) -> Kind:
    """Return the kind `run` as the settings have it, for these runs."""
    return Kind(
        name=KIND,
        queue=settings.run_queue,
        model=RunJob,
        handler=RunSteps(definitions, look=timedelta(seconds=settings.run_look_seconds)).handle,
        identify=key_of,
        settle=_Due(definitions).settle,
        policy=Policy(completed_window=FOREVER),
        aftermath=EndedFromOutside(definitions).follow,
    )


class _Due:
    """Refuses messages of slots that are yet to come: who asks too early must not use the slot up."""

    def __init__(self, definitions: RunDefinitions) -> None:
        self._definitions = definitions

    def settle(self, payload: RunJob, put_at: datetime) -> RunJob:
        """Return the payload as it is. Raises BadMessage `slot_not_due`.

        Beyond the tolerance of its timer, the clock of whoever asked may be another than ours.
        """
        definition = self._definitions.get(payload.name)
        try:
            slot = definition.read(payload.slot) if definition else None
        except UsageError:
            slot = None
        if definition is None or slot is None or definition.is_due(slot, clock.now() + skew.MAX_APART):
            return payload  # what isn't known, the handler says
        text = not_due_text(slot)
        raise BadMessage(text, code="slot_not_due", places=[{"at": "slot", "problem": text}])
