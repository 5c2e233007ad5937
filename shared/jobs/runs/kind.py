"""The run as a kind of job."""

from __future__ import annotations

from datetime import timedelta

from shared.config import Settings
from shared.jobs.kinds import Kind, Policy
from shared.jobs.runs.definition import RunDefinitions
from shared.jobs.runs.job import RunJob, key_of
from shared.jobs.runs.outside import KIND, Outside
from shared.jobs.runs.shards import FOREVER
from shared.jobs.runs.steps import RunSteps


def run_kind(settings: Settings, definitions: RunDefinitions) -> Kind:
    """Return the kind `run` as the settings have it, for these runs."""
    return Kind(
        name=KIND,
        queue=settings.run_queue,
        model=RunJob,
        handler=RunSteps(definitions, look=timedelta(seconds=settings.run_look_seconds)).handle,
        identify=key_of,
        policy=Policy(completed_window=FOREVER),
        aftermath=Outside(definitions).follow,
    )
