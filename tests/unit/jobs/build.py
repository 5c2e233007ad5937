"""Builders of what the rules of the queue runtime are about: records, gates, a kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from shared.jobs.gates import Gate
from shared.jobs.kinds import Kind, Policy
from shared.jobs.record import Claim, JobKey, Record, Status

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
POLICY = Policy()


def later(seconds: float) -> datetime:
    """Return the instant `seconds` after NOW."""
    return NOW + timedelta(seconds=seconds)


def record(status: Status = "queued", **changes: Any) -> Record:
    """Return a record of generation 2 that began an hour ago, with what belongs to its status unless `changes` say."""
    plain = Record(
        key=JobKey("ada", "job-1"),
        kind="errand",
        queue="errand-jobs",
        status=status,
        created_at=later(-7200),
        updated_at=later(-60),
        generation=2,
        generation_began=later(-3600),
        payload={"name": "job-1"},
    )
    if status == "running":
        plain = replace(plain, claim=Claim("token", later(30)))
    elif status == "waiting":
        plain = replace(plain, due=later(-1))
    elif plain.ended:
        plain = replace(plain, ended_at=later(-600))
    return replace(plain, **changes)


def gate(name: str = "queue:errand-jobs", due: datetime | None = None, **changes: Any) -> Gate:
    """Return a closed gate; `due` None: until somebody opens it."""
    return replace(Gate(name, due, later(-600), "down for repair", "ops", etag="1"), **changes)


class Errand(BaseModel):
    """The payload of the test-only kind."""

    name: str
    weight: int | None = None


async def _nothing(job: Any, payload: Any) -> None:
    """Handle an errand by doing nothing."""


def kind(**changes: Any) -> Kind:
    """Return the test-only kind."""
    plain = Kind("errand", "errand-jobs", Errand, _nothing, identify=lambda errand: JobKey("errands", errand.name))
    return replace(plain, **changes)
