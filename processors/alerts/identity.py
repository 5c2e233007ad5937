"""Identity of alert jobs: one job per (rule, slot), in a partition of its client that no user can be called like."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from shared import clock
from shared.alerts.states import SYSTEM, jobs_of
from shared.documents.ids import Own, compound
from shared.jobs.record import JobKey


def _instant(text: str) -> str:
    return clock.to_text(clock.parse(text))


class AlertJob(BaseModel):
    """The run of a rule for a slot. Without a client it is one of the app's own: no client can be called like it."""

    client: str | None = Field(default=None, min_length=1)
    rule: str = Field(min_length=1)
    slot: Annotated[str, AfterValidator(_instant)]
    by: str | None = None
    """Who asked for it now, beside its schedule."""

    @property
    def of_client(self) -> str:
        """Whose rule it is."""
        return SYSTEM if self.client is None else self.client


def key_of(client: str, rule: str, slot: datetime) -> JobKey:
    """Return the job of a rule and slot (rule 1)."""
    return JobKey(jobs_of(client), compound(rule, clock.to_text(slot)))


def key_of_payload(payload: AlertJob) -> JobKey:
    """Return the job that a payload speaks of."""
    return key_of(payload.of_client, payload.rule, clock.parse(payload.slot))


def payload_of(client: str, rule: str, slot: datetime, by: str | None = None) -> dict[str, str]:
    """Return the members of a job's message."""
    members = {"rule": rule, "slot": clock.to_text(slot)}
    if not isinstance(client, Own):
        members["client"] = client
    if by is not None:
        members["by"] = by
    return members
