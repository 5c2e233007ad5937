"""Whatever bytes a queue brings, are they a job or a dead letter? 10,000 bodies through the runtime into the store."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from processors.taste.kind import taste_kind
from processors.taste.model import TasteJob
from shared.config import Settings
from shared.documents.containers import JOBS
from shared.jobs import messages
from shared.jobs.kinds import Job
from shared.jobs.record import from_body
from shared.jobs.scopes import of_queue
from tests.jobs_world import QUEUE, World

RUNS, BODIES_A_RUN = int(os.environ.get("NIGHTSHIFT_BODY_RUNS", "100")), 20
"""./scripts/chaos --bodies has more runs."""
GOOD: dict[str, Any] = {"user_id": "ada", "item_id": "red-heels", "image_url": "https://shop.test/red-heels.png"}
LIKE = json.dumps(GOOD).encode()

texts = st.text(max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
members = st.sampled_from([*TasteJob.model_fields, "generation", "schema_version", "traceparent", "__proto__"])
likes = st.dictionaries(members, values | texts, max_size=4).map(lambda odd: json.dumps({**GOOD, **odd}).encode())


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a good like with a piece of it replaced by other bytes."""
    start = draw(st.integers(0, len(LIKE)))
    end = draw(st.integers(start, min(len(LIKE), start + 8)))
    return LIKE[:start] + draw(st.binary(max_size=8)) + LIKE[end:]


HAND_MADE = [
    b"",
    b" ",
    b"\x00",
    b"null",
    b"[]",
    b"{",
    b"{}",
    b"NaN",
    b'"like"',
    b"\xff\xfe{\x00}\x00",
    LIKE + b"\x00",
    LIKE + LIKE,
    LIKE[:-1],
    LIKE.replace(b'"', b"'"),
    LIKE.decode().encode("utf-16"),
    base64.b64encode(base64.b64encode(LIKE)),
    base64.urlsafe_b64encode(LIKE + b"\xfb\xff"),
    base64.b64encode(LIKE)[:-2],
    b"<QueueMessage><MessageText>" + LIKE + b"</MessageText></QueueMessage>",
    b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    b'{"user_id": "\\ud800", "item_id": "i", "image_url": "u"}',
    b'{"user_id": "u", "user_id": ["v"], "item_id": "i", "image_url": "u"}',
    b'{"generation": 1e999, ' + LIKE[1:],
    b'{"generation": ' + b"9" * 5_000 + b", " + LIKE[1:],
    b'{"generation": true, ' + LIKE[1:],
    b'{"title": "' + b"x" * 49_152 + b'", ' + LIKE[1:],
    b'{"createdAt": "9999-12-31T23:59:59-23:59", ' + LIKE[1:],
    b'{"createdAt": "0001-01-01T00:00:00+23:59", ' + LIKE[1:],
]
bodies = st.one_of(
    st.sampled_from(HAND_MADE),
    st.binary(max_size=60),
    values.map(lambda value: json.dumps(value).encode()),
    likes,
    likes.map(base64.b64encode),
    damaged(),
    damaged().map(base64.b64encode),
)


async def do_nothing(job: Job, like: TasteJob) -> None:
    """Stand in for the analysis: what becomes of a body is decided before it."""


def dead_id(body: bytes) -> str:
    """Return the id of a body's dead record."""
    return hashlib.sha256(QUEUE.encode() + b"\0" + body).hexdigest()


Put = Callable[[bytes], Awaitable[None]]


@pytest.fixture
async def put() -> AsyncIterator[Put]:
    """Put a body into a queue, deliver it, and check what the store has of it then."""
    world = World(replace(taste_kind(Settings()), queue=QUEUE, handler=do_nothing))

    async def put_and_check(body: bytes) -> None:
        world.put(body)
        outcome = await world.deliver_one()
        assert outcome is not None
        if outcome.what == "dead":
            held = await world.documents.get(JOBS, of_queue(QUEUE), dead_id(body))
            assert held is not None, body
            assert base64.b64decode(from_body(held.body).raw or "") == body
        else:
            user = messages.read(world.kind, body).payload.user_id  # two users' jobs may have the same id
            held = await world.documents.get(JOBS, user, outcome.job)
            assert held is not None, (body, outcome)
            assert held.body["status"] == "completed", (body, outcome)
        assert await world.queues.depth(QUEUE) == 0

    yield put_and_check
    await world.documents.close()


@hypothesis_settings(
    max_examples=RUNS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(some=st.lists(bodies, min_size=BODIES_A_RUN, max_size=BODIES_A_RUN))
async def test_any_body_becomes_a_job_or_a_dead_letter(some: list[bytes], put: Put) -> None:
    for body in some:
        await put(body)


@pytest.mark.parametrize("body", HAND_MADE)
async def test_a_hand_made_body_becomes_a_job_or_a_dead_letter(body: bytes, put: Put) -> None:
    await put(body)
