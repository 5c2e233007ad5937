"""Alert rules as users define them, and as they are stored with their timing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.json_schema import WithJsonSchema

from processors.alerts import frequency as frequencies
from processors.alerts import timing
from processors.alerts.condition import MEMBERS as CONDITION_MEMBERS
from processors.alerts.condition import Condition
from processors.alerts.frequency import Frequency
from processors.alerts.frequency.schema import SCHEMA
from processors.alerts.occasions import Occasions
from processors.alerts.timing import Timing
from shared import clock, outside_ids
from shared.documents.port import Body, Document
from shared.documents.shapes import Shape, camel_case
from shared.errors import Permanent, UsageError
from shared.suggestion import did_you_mean

DEFAULT_FREQUENCY = dict(frequencies.DEFAULT.as_json())
SYSTEM_USER = "00000000-0000-0000-0000-000000000000"
"""As whom scheduled runs act."""
MOST_AFTER = 20

_Id = Annotated[str, Field(max_length=outside_ids.MAX_CHARACTERS, pattern=outside_ids.PATTERN)]


class Definition(BaseModel):
    """What users say of a rule."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=camel_case, populate_by_name=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    active: bool = True
    severity: Literal["info", "warning", "error", "critical"] = "warning"
    frequency: Annotated[dict[str, Any], WithJsonSchema({**SCHEMA, "default": DEFAULT_FREQUENCY})] = Field(
        default_factory=lambda: dict(DEFAULT_FREQUENCY)
    )
    condition: Condition
    channels: tuple[Annotated[str, Field(min_length=1, max_length=50)], ...] = ()
    owner: _Id | None = None
    after: Annotated[tuple[_Id, ...], Field(max_length=MOST_AFTER)] = ()
    grace_seconds: Annotated[int, Field(ge=60, le=31 * 86_400)] = 3600
    jitter_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0

    @field_validator("frequency")
    @classmethod
    def _normal(cls, value: dict[str, Any]) -> dict[str, Any]:
        return _frequency_of(json.dumps(value)).as_json()

    @property
    def grace(self) -> timedelta:
        """How late a slot may run."""
        return timedelta(seconds=self.grace_seconds)

    def as_json(self) -> dict[str, Any]:
        """Return the members as users write them, defaults included."""
        return self.model_dump(by_alias=True, exclude_none=True, mode="json")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is stored.

    `incarnation` tells it from an earlier rule of the same id, `version` counts its edits. While it is `leaving` it may
    have told something that it watches no more, which is yet to be told to be over.
    """

    id: str
    client: str
    definition: Definition
    timing: Timing
    incarnation: int
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: str
    updated_by: str
    leaving: bool = False

    @property
    def occasions(self) -> Occasions:
        """Its slots."""
        return occasions_of(self.id, self.definition)


@dataclass(frozen=True, slots=True)
class Held:
    """A rule as it was read, and the ETag of exactly that version."""

    rule: Rule
    etag: str


def occasions_of(id: str, definition: Definition) -> Occasions:
    """Return the slots of a rule with this id and definition."""
    frequency = _frequency_of(json.dumps(definition.frequency))
    return Occasions(frequency, id, timedelta(seconds=definition.jitter_seconds))


def checked(said: Any) -> Definition:
    """Return a definition from its JSON members. Raises UsageError that names the member."""
    try:
        return Definition.model_validate(said)
    except ValidationError as error:
        first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
        place = [str(part) for part in first["loc"]]
        name = ".".join(place) or "the rule"
        if first["type"] == "extra_forbidden":
            known = [camel_case(member) for member in _members_at(place)]
            text = f"There is no member {name!r}.{did_you_mean(place[-1], known)} Known are: {', '.join(known)}."
        elif first["type"] == "missing":
            text = f"{name} is missing."
        elif first["type"] == "value_error":
            text = f"{name}: {first['msg'].removeprefix('Value error, ')}."
        else:
            text = f"{name} can't be {first['input']!r}: {first['msg']}."
        raise UsageError(f"{text} Nothing was stored.", code="rule_invalid", fields={"field": name}) from None
    except UsageError as error:
        fields = {**error.fields, "field": f"frequency.{error.fields['field']}"}
        raise UsageError(f"{error} Nothing was stored.", code=error.code, fields=fields) from None


def created(client: str, id: str, definition: Definition, incarnation: int, *, by: str, now: datetime) -> Rule:
    """Return a new rule."""
    when = timing.created(occasions_of(id, definition), now, active=definition.active)
    return Rule(id, client, definition, when, incarnation, 1, now, now, by, by)


def edited(rule: Rule, definition: Definition, *, by: str, now: datetime) -> Rule:
    """Return the rule with another definition. Its timing stays unless frequency or activity changed."""
    after = replace(
        rule, definition=definition, version=rule.version + 1, updated_at=now, updated_by=by,
        leaving=rule.leaving or _leaves(rule.definition, definition),
    )  # fmt: skip
    is_timed_alike = (
        rule.definition.frequency == definition.frequency
        and rule.definition.jitter_seconds == definition.jitter_seconds
        and rule.definition.active == definition.active
    )
    return after if is_timed_alike else _timed_anew(rule, after, now)


def reloaded(rule: Rule, now: datetime) -> Rule:
    """Return the rule with its timing computed anew; it is no edit, so its version stays."""
    return _timed_anew(rule, rule, now)


def _leaves(before: Definition, after: Definition) -> bool:
    return before.active and (not after.active or before.condition.scope != after.condition.scope)


def _timed_anew(before: Rule, after: Rule, now: datetime) -> Rule:
    active = after.definition.active
    return replace(after, timing=timing.edited(before.timing, before.occasions, after.occasions, now, active=active))


def to_body(rule: Rule) -> Body:
    """Return the document of a rule. `nextDueAt` is left out when there is none: what finds due rules is its index."""
    when = rule.timing
    body: Body = {
        "id": rule.id,
        "clientId": rule.client,
        **rule.definition.as_json(),
        "incarnation": rule.incarnation,
        "version": rule.version,
        "createdAt": clock.to_text(rule.created_at),
        "updatedAt": clock.to_text(rule.updated_at),
        "createdBy": rule.created_by,
        "updatedBy": rule.updated_by,
        "effectiveAt": clock.to_text(when.effective),
        "carry": [clock.to_text(slot) for slot in when.carry],
        "schemaVersion": SHAPE.version,
    }
    for name, at in (("nextDueAt", when.next_due), ("lastSlot", when.last_slot)):
        if at is not None:
            body[name] = clock.to_text(at)
    if rule.leaving:
        body["leaving"] = True
    return body


def deleted(document: Document, *, by: str, now: datetime) -> Body:
    """Return what stands in the place of a rule that is deleted, until what it told is told to be over."""
    kept: Body = {name: document.body[name] for name in ("id", "clientId", "incarnation") if name in document.body}
    said: Body = {"deletedAt": clock.to_text(now), "deletedBy": by, "leaving": True}
    return {**kept, **said, "schemaVersion": SHAPE.version}


def is_deleted(document: Document) -> bool:
    """Return whether a document only stands in the place of a rule that is deleted."""
    return "deletedAt" in document.body


def from_document(document: Document) -> Held:
    """Return the rule that a document holds.

    Raises Permanent (``rule_broken``) for one that no version of the app has written.
    """
    try:
        return _read(document)
    except (KeyError, TypeError, ValueError, UsageError) as error:
        raise Permanent(
            f"Alert rule {document.body['id']!r} can't be read: {_told(error)}", code="rule_broken", dependency="store"
        ) from error


def _read(document: Document) -> Held:
    body = SHAPE.present(document.body)
    definition = Definition.model_validate({name: body[name] for name in MEMBERS if name in body})
    when = Timing(
        definition.active,
        _instant(body.get("nextDueAt")),
        _instant(body.get("lastSlot")),
        clock.parse(body["effectiveAt"]),
        tuple(clock.parse(slot) for slot in body["carry"]),
    )
    rule = Rule(
        body["id"], body["clientId"], definition, when, body["incarnation"], body["version"],
        clock.parse(body["createdAt"]), clock.parse(body["updatedAt"]), body["createdBy"], body["updatedBy"],
        body.get("leaving", False),
    )  # fmt: skip
    return Held(rule, document.etag)


SHAPE = Shape("alert rule", 1)
MEMBERS = tuple(camel_case(name) for name in Definition.model_fields)
"""What users say of a rule, in order."""


@lru_cache(maxsize=1024)  # a tick reads many rules, most of which say the same
def _frequency_of(text: str) -> Frequency:
    return frequencies.parse(json.loads(text))


def _members_at(place: list[str]) -> list[str]:
    if place[0] == "condition" and len(place) > 1:
        return list(CONDITION_MEMBERS)
    return list(Definition.model_fields)


def _instant(text: str | None) -> datetime | None:
    return clock.parse(text) if text is not None else None


def _told(error: Exception) -> str:
    """Return what is wrong with a stored rule, in one line."""
    if isinstance(error, ValidationError):
        first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else f"{error}"
