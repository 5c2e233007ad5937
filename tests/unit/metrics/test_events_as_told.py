"""What may a message about a usage event say, and what is kept of it?"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from processors import schemas
from processors.metrics.kind import Event, event_kind, usage_event
from shared import clock
from shared.config import Settings
from shared.jobs import messages
from shared.jobs.messages import BadMessage
from shared.usage.events import UsageEvent

CALL: dict[str, Any] = {"event_id": "e1", "orgId": "acme", "kind": "llm", "occurredAt": "2026-11-23T09:07:12.000Z"}
RECEIVED = clock.parse("2026-11-23T10:00:00.000Z")
SCHEMA = Draft202012Validator(schemas.schemas()["usage-event.schema.json"])


def said(**members: Any) -> dict[str, Any]:
    """Return what a message about a model's call says, with other members; ``...`` leaves one out."""
    return {name: value for name, value in {**CALL, **members}.items() if value is not ...}


def read(message: dict[str, Any]) -> Event:
    """Return a message as the queue's reader takes it. Raises BadMessage."""
    event: Event = messages.read(event_kind(Settings()), json.dumps(message).encode()).payload
    return event


def kept(**members: Any) -> UsageEvent:
    """Return what is kept of an event."""
    return usage_event(read(said(**members)), RECEIVED)


GOOD = {
    "least": {},
    "id as others call it": {"event_id": ..., "id": "e1"},
    "all members": {
        "type": "chat", "reason": "challenge", "project": "invoices", "tag": "eu", "values": {"cost": 0.0123},
        "updatedAt": "2026-11-23T09:08:00+01:00", "void": False,
    },
    "nulls": {"type": None, "reason": None, "project": None, "tag": None, "updatedAt": None},
    "unknown member": {"colour": "red"},
    "cost of nothing": {"values": {"cost": 0}},
    "whole number written as a fraction": {"kind": "document", "values": {"pages": 12.0}},
    "failed document": {"kind": "document", "type": "failed", "values": {"failed_pages": 3}},
    "void without a type": {"kind": "execution", "void": True},
    "words of any language": {"project": "Rechnungen (März)", "tag": "合同"},
}  # fmt: skip

BAD = {
    "no organisation": ({"orgId": ...}, "orgId: Field required"),
    "no id": ({"event_id": ...}, "event_id: Field required"),
    "no time": ({"occurredAt": ...}, "occurredAt: Field required"),
    "empty id": ({"event_id": ""}, "event_id"),
    "blank before the id": ({"event_id": " e1"}, "event_id"),
    "long id": ({"event_id": "x" * 257}, "event_id"),
    "number for a text": ({"project": 5}, "project"),
    "unknown kind": ({"kind": "likes"}, "isn't one of document, execution, hitl, llm"),
    "the app's own kind": ({"kind": "model"}, "isn't one of document, execution, hitl, llm"),
    "the app's organisation": ({"orgId": "~app"}, "orgId: Value error, may not begin with ~"),
    "a project of the app's": ({"project": "~other"}, "project: Value error, may not begin with ~"),
    "a tag of the app's": ({"tag": " ~other"}, "tag: Value error, may not begin with ~"),
    "control characters in a label": ({"project": "in\u0001voices"}, "project"),
    "a line break in a tag": ({"tag": "eu\nus"}, "tag"),
    "long label": ({"tag": "x" * 101}, "tag"),
    "no instant": ({"occurredAt": "yesterday"}, "occurredAt"),
    "an instant without an offset": ({"occurredAt": "2026-11-23T09:07:12"}, "has no offset"),
    "no instant of an update": ({"updatedAt": "now"}, "updatedAt"),
    "a fraction of a page": ({"kind": "document", "values": {"pages": 1.5}}, "values.pages takes a whole number"),
    "a fraction of a micro-USD": (
        {"values": {"cost_micro_usd": 0.5}}, "values.cost_micro_usd takes a whole number of micro-USD",
    ),
    "a negative value": ({"values": {"cost": -1}}, "values.cost"),
    "a value that is a text": ({"values": {"cost": "1"}}, "values.cost"),
    "a value that is a truth": ({"values": {"cost": True}}, "values.cost"),
    "a value beyond all": ({"values": {"cost": 1e10}}, "values.cost"),
    "an odd name of a value": ({"values": {"co st": 1}}, "values.co st"),
    "both costs": ({"values": {"cost": 1, "cost_micro_usd": 1_000_000}}, "both cost and cost_micro_usd"),
    "a type that no metric knows": (
        {"kind": "hitl", "type": "glance"},
        "no metric speaks of it: hitl_reviews (type review); hitl_completions (type completion)",
    ),
    "no type where each metric has one": ({"kind": "execution"}, "deployed_api_requests (type api)"),
    "a failed document without its pages": ({"kind": "document", "type": "failed"}, "(values.failed_pages)"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(GOOD))
def test_a_good_event_is_taken_by_the_model_and_by_its_schema(case: str) -> None:
    read(said(**GOOD[case]))

    if case != "id as others call it":  # the schema names one
        assert list(SCHEMA.iter_errors(said(**GOOD[case]))) == []


@pytest.mark.parametrize("case", list(BAD))
def test_a_bad_event_is_refused_with_the_reason(case: str) -> None:
    members, reason = BAD[case]
    with pytest.raises(BadMessage) as error:
        read(said(**members))

    assert error.value.code == "invalid_payload"
    assert reason in str(error.value)


@pytest.mark.parametrize(
    "case", ["no organisation", "empty id", "unknown kind", "control characters in a label", "a negative value"]
)
def test_what_a_schema_can_say_it_refuses_too(case: str) -> None:
    assert not SCHEMA.is_valid(said(**BAD[case][0]))


def test_the_reason_names_no_type_where_none_is_needed() -> None:
    with pytest.raises(BadMessage, match=r"documents_processed \(type none or processed\)"):
        read(said(kind="document", type="shredded"))


def test_cost_in_dollars_is_kept_in_micro_usd() -> None:
    assert kept(values={"cost": 0.0123}).values == {"cost_micro_usd": 12_300}
    assert kept(values={"cost_micro_usd": 12_300}).values == {"cost_micro_usd": 12_300}


@given(st.integers(0, 10**15))
def test_every_amount_of_micro_usd_survives_being_told_in_dollars(amount: int) -> None:
    (value,) = usage_event(Event.model_validate(said(values={"cost": amount / 1e6})), RECEIVED).values.values()

    assert (value, type(value)) == (amount, int)


def test_whole_numbers_are_kept_as_such() -> None:
    values = kept(kind="document", values={"pages": 12.0, "size_mb": 1.5}).values

    assert values == {"pages": 12, "size_mb": 1.5}
    assert type(values["pages"]) is int


def test_an_event_counts_as_updated_when_the_queue_got_it_unless_it_says_so() -> None:
    assert kept().updated_at == RECEIVED
    assert kept(updatedAt="2026-11-23T10:30:00+01:00").updated_at == clock.parse("2026-11-23T09:30:00Z")


def test_instants_that_are_still_to_come_count_as_when_the_queue_got_them_and_are_kept_as_given() -> None:
    ahead = clock.to_text(RECEIVED + timedelta(minutes=3))
    event = kept(occurredAt=ahead, updatedAt=ahead)

    assert (event.occurred_at, event.updated_at) == (RECEIVED, RECEIVED)
    assert event.clamped == {"occurredAt": ahead, "updatedAt": ahead}


def test_instants_that_are_ahead_by_no_more_than_a_clock_may_be_off_stand() -> None:
    ahead = RECEIVED + timedelta(minutes=1)
    event = kept(occurredAt=clock.to_text(ahead))

    assert (event.occurred_at, event.clamped) == (ahead, {})


def test_an_empty_label_is_none() -> None:
    event = kept(kind="document", type=" ", reason="", project="", tag="")

    assert (event.type, event.reason, event.project, event.tag) == (None, None, None, None)


def test_blanks_around_a_label_do_not_make_another_one() -> None:
    assert kept(project=" invoices ", reason="challenge ").project == "invoices"


def test_a_void_event_may_leave_out_all_that_counts() -> None:
    assert kept(kind="hitl", void=True).void
