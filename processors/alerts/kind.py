"""Kind `alert`: the run of an alert rule for one of its slots."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from processors.alerts.identity import AlertJob, key_of_payload
from processors.alerts.run import run
from shared.config import Settings
from shared.jobs.kinds import Kind, Policy
from shared.measures import Measures


def alert_kind(settings: Settings, measures: Measures) -> Kind:
    """Return the kind `alert`, whose rules may ask for these measures."""
    return Kind(
        name="alert",
        queue=settings.alert_queue,
        model=AlertJob,
        handler=partial(run, measures),
        identify=key_of_payload,
        # Any record of a slot means that it has been seen to: no repeat asks anew (rule 1).
        policy=Policy(dedupe_window=timedelta(days=400), completed_window=timedelta(days=400)),
    )
