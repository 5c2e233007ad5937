"""Aftermath, a hook of a kind: what else is written when a job ends otherwise than by its handler's return?

A kind may keep something beside the record that speaks of the job's state (a run its ledger). Whoever ends the job from
outside (the sixth crash, the host, an operator), or buries it, tells the kind afterwards. It is a courtesy: when it
fails, the kind's own sweep does it later.
"""

from __future__ import annotations

import logging

from shared.documents.port import Documents
from shared.errors import NightshiftError
from shared.jobs.kinds import Kind
from shared.jobs.record import Record
from shared.telemetry.pseudonyms import shown_job

_log = logging.getLogger("nightshift.jobs")


async def follow(kind: Kind, documents: Documents, record: Record) -> None:
    """Let the kind write what follows from `record`, which has just ended as dead or cancelled."""
    if kind.aftermath is None:
        return
    try:
        await kind.aftermath(documents, record)
    except NightshiftError as error:
        _log.warning(
            "what follows from the end of %s job %s comes later: %s",
            kind.name,
            shown_job(kind.name, record.key.id),
            error,
        )
