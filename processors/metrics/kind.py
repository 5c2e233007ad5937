"""Usage events as producers tell them: what does a message say, and is it one that counts?

An event that no metric speaks of is refused: it would count nowhere, and nobody would notice. As a dead letter it can
be replayed once a metric is there.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from processors.metrics import registry
from shared import clock, skew
from shared.config import Settings
from shared.jobs.kinds import Job, Kind
from shared.outside_ids import PATTERN
from shared.usage import events
from shared.usage.events import UsageEvent

_MICRO = 1_000_000
_MOST = 1e9
"""The largest value, so that a row's sums stay exact for years."""


def _instant(text: str) -> str:
    return clock.to_text(clock.parse(text))


def _not_ours(name: str) -> str:
    if name.startswith("~"):
        raise ValueError("may not begin with ~, as the app's own do")
    return name


def _none_if_empty(label: str | None) -> str | None:
    return label or None


def _kind(kind: str) -> str:
    if kind not in registry.KINDS:
        raise ValueError(f"isn't one of {', '.join(registry.KINDS)}")
    return kind


Id = Annotated[str, StringConstraints(pattern=PATTERN, max_length=256)]
Org = Annotated[str, StringConstraints(pattern=PATTERN, max_length=256), AfterValidator(_not_ours)]
Label = Annotated[
    Annotated[
        str,
        StringConstraints(max_length=100, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$"),
        AfterValidator(_not_ours),
    ]
    | None,
    AfterValidator(_none_if_empty),
]
"""Without control characters: escaped, they would make a row of 2,000 keys larger than a document may be."""
Instant = Annotated[str, StringConstraints(max_length=64), AfterValidator(_instant)]
Value = Annotated[float, Field(ge=0, le=_MOST, strict=True, allow_inf_nan=False)]
ValueName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]


class Event(BaseModel):
    """Something that happened in an organisation, identified by orgId, kind and event_id; its latest version stands."""

    model_config = ConfigDict(extra="ignore", frozen=True, title="Usage event", populate_by_name=True)

    event_id: Id = Field(validation_alias=AliasChoices("event_id", "id"))
    orgId: Org  # noqa: N815 - the message's own names
    kind: Annotated[str, AfterValidator(_kind), Field(json_schema_extra={"enum": list(registry.KINDS)})]
    type: Label = Field(
        default=None,
        description="document: processed (default), failed. execution: api, etl, prompt. hitl: review, completion.",
    )
    reason: Label = Field(default=None, description="llm: challenge, summarize, extraction, …")
    project: Label = None
    tag: Label = None
    values: Annotated[dict[ValueName, Value], Field(max_length=32)] = Field(
        default_factory=dict,
        description="document: pages, failed_pages (whole numbers). llm: cost in US dollars, or cost_micro_usd.",
    )
    occurredAt: Instant  # noqa: N815
    updatedAt: Instant | None = Field(  # noqa: N815
        default=None, description="The later one stands. Default: when the queue got the message."
    )
    void: bool = Field(default=False, description="It never happened: it counts no more.")

    @model_validator(mode="after")
    def _counts(self) -> Event:
        said = {**self.model_dump(), "values": _kept(self.values)}
        for metric in registry.of_kind(self.kind):
            value = self.values.get(metric.value) if metric.value else None
            if value is not None and not value.is_integer():
                raise ValueError(f"values.{metric.value} takes a whole number of {metric.unit.smallest}")
        if {"cost", "cost_micro_usd"} <= self.values.keys():
            raise ValueError("values has both cost and cost_micro_usd; give one")
        if not self.void and not any(registry.taken(said)):
            raise ValueError(f"no metric counts it; those of this kind are {_spoken_of(self.kind)}")
        return self


@lru_cache(maxsize=1)
def event_kind(settings: Settings) -> Kind:
    """Return the plain kind `usage-event`."""
    return Kind(name="usage-event", queue=settings.usage_events_queue, model=Event, handler=_handle)


def usage_event(told: Event, received: datetime) -> UsageEvent:
    """Return what is kept of an event that was received then.

    Instants that are ahead of it count as that one: no worker, whose clock may be behind by as much, then takes what is
    kept for still to come. An event that doesn't say when it was updated counts as updated when it was received.
    """
    given = {"occurredAt": told.occurredAt, "updatedAt": told.updatedAt or clock.to_text(received)}
    ahead = {name: at for name, at in given.items() if clock.parse(at) > received + skew.MAX_OFF}
    occurred, updated = (received if name in ahead else clock.parse(at) for name, at in given.items())
    return UsageEvent(
        org=told.orgId,
        kind=told.kind,
        id=told.event_id,
        occurred_at=occurred,
        updated_at=updated,
        type=told.type,
        reason=told.reason,
        project=told.project,
        tag=told.tag,
        values=_kept(told.values),
        void=told.void,
        clamped=ahead,
    )


async def _handle(job: Job, told: Event) -> None:
    await events.record(job.services.documents, usage_event(told, job.first_seen), job.first_seen)


def _kept(values: dict[str, float]) -> dict[str, Any]:
    """Return values as they are kept: money in micro-USD, whole numbers as such."""
    kept: dict[str, Any] = {name: int(value) if value.is_integer() else value for name, value in values.items()}
    if "cost" in kept:
        kept["cost_micro_usd"] = round(kept.pop("cost") * _MICRO)
    return kept


def _spoken_of(kind: str) -> str:
    """Return what events of a kind may say, in words."""
    ways = []
    for metric in registry.of_kind(kind):
        needs = [_one_of("type", metric.types), _one_of("reason", metric.reasons)]
        needs.append(f"values.{metric.value}" if metric.value else "")
        ways.append(f"{metric.name} ({', '.join(need for need in needs if need)})")
    return "; ".join(ways)


def _one_of(name: str, values: tuple[str | None, ...]) -> str:
    return f"{name} {' or '.join(value or 'none' for value in values)}" if values else ""
