"""Is a record the same after it was stored and read?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents import bodies
from shared.documents.containers import JOBS
from shared.jobs.record import ENDED, LIVE, Claim, JobKey, Reason, Record, from_body, to_body
from tests.unit.jobs.build import record

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - Hypothesis adds the zone
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
)
counts = st.integers(0, 1000)
payloads = st.none() | st.dictionaries(texts.filter(lambda name: not name.startswith("_")), texts | counts, max_size=3)
records = st.builds(
    Record,
    key=st.builds(JobKey, texts, texts),
    kind=texts,
    queue=texts,
    status=st.sampled_from(LIVE + ENDED),
    created_at=instants,
    updated_at=instants,
    generation=counts,
    generation_began=st.none() | instants,
    attempts=counts,
    crashes=counts,
    due=st.none() | instants,
    claim=st.none() | st.builds(Claim, texts, instants),
    payload=payloads,
    ended_at=st.none() | instants,
    reason=st.none()
    | st.builds(
        Reason, texts, texts, texts, texts, st.lists(st.fixed_dictionaries({"at": texts, "problem": texts})).map(tuple)
    ),
    timeline=st.lists(st.fixed_dictionaries({"at": texts, "what": texts}), max_size=3).map(tuple),
    rescue_at=st.none() | instants,
    unfinished_since=st.none() | instants,
    rescue_distance=st.none() | st.integers(0, 14400).map(lambda seconds: timedelta(seconds=seconds)),
    traceparent=st.none() | texts,
    first_failed_at=st.none() | instants,
    last_failed_at=st.none() | instants,
    message=st.none() | st.fixed_dictionaries({"id": texts, "putAt": texts, "dequeueCount": counts}),
    replays=st.lists(texts, max_size=3).map(tuple),
    raw=st.none() | texts,
    occurrences=st.none() | counts,
)


@given(record=records)
def test_a_record_reads_back_as_it_was_written(record: Record) -> None:
    body = to_body(record, "write-1")

    assert from_body(json.loads(json.dumps(body))) == record


@given(record=records)
def test_every_record_is_a_document_that_the_store_takes(record: Record) -> None:
    assert bodies.encode(JOBS, to_body(record, "write-1")).key.id


@pytest.mark.parametrize("status", ["completed", "cancelled", "discarded"])
def test_a_record_that_ended_well_or_by_hand_expires_after_14_days(status: str) -> None:
    assert to_body(record(status), "w")["ttl"] == 14 * 24 * 3600  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["dead", "queued", "running", "waiting"])
def test_dead_letters_and_unfinished_jobs_never_expire(status: str) -> None:
    assert "ttl" not in to_body(record(status), "w")  # type: ignore[arg-type]
