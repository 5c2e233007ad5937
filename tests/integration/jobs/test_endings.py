"""How does a handling end? Each row of the endings table: the effect, then the record, then the message."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import Misconfigured, Permanent, RateLimited, Transient, Unavailable
from shared.jobs.kinds import Next, Policy
from tests.integration.jobs.worlds import MovingClock, world
from tests.jobs_world import QUEUE, Errand

ERRAND = '{"name": "a"}'
OURS = '{"name": "a", "generation": 0}'
pytestmark = pytest.mark.usefixtures("time")


async def test_returns_then_effect_record_completed_message_deleted() -> None:
    of = world()

    outcome = await of.handle(ERRAND)

    assert outcome.what == "completed"
    assert of.log == ["job running", "effect", "ending told", "job completed", "delete"]


async def test_next_then_effect_message_of_the_next_generation_record_waiting_message_deleted(
    time: MovingClock,
) -> None:
    of = world()
    of.handling.does["a"] = Next(timedelta(seconds=5))

    outcome = await of.handle(ERRAND)
    waiting = await of.job("a")

    assert outcome.what == "next"
    assert of.log == ["job running", "effect", "send", "job waiting", "delete"]
    assert of.queues.sent == [{"name": "a", "do": "ok", "generation": 1}]
    assert of.queues.next_visible_at(QUEUE) == waiting.due == time.now + timedelta(seconds=5)
    assert (waiting.generation, waiting.attempts) == (1, 0)


async def test_next_is_looked_at_again_as_the_next_generation(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Next(timedelta(seconds=5))
    await of.handle(ERRAND)
    of.handling.does["a"] = None
    time.advance(5)

    outcome = await of.deliver()

    assert (outcome.what, outcome.generation) == ("completed", 1)
    assert of.handling.calls == [("a", 0, 1), ("a", 1, 1)]


async def test_transient_with_attempts_left_then_record_waiting_message_deferred(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Transient("busy", code="busy")

    outcome = await of.handle(ERRAND)
    waiting = await of.job("a")

    assert of.log == ["job running", "job waiting", "postpone"]
    assert (outcome.what, outcome.error_class, outcome.code) == ("retry", "Transient", "busy")
    assert (waiting.status, waiting.attempts, waiting.generation) == ("waiting", 1, 0)
    assert waiting.due is not None
    assert 4 <= (waiting.due - time.now).total_seconds() <= 6
    assert of.queues.next_visible_at(QUEUE) == pytest.approx(waiting.due, abs=timedelta(milliseconds=1))


async def test_transient_waits_longer_after_each_attempt_and_the_last_is_the_end(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Transient("busy", code="busy")
    of.put(ERRAND)

    outcomes = []
    while (outcome := await of.deliver_one()) is not None:
        outcomes.append(outcome)
        time.advance(400)
    waits = [outcome.wait.total_seconds() for outcome in outcomes if outcome.wait]
    dead = await of.job("a")

    assert [outcome.what for outcome in outcomes] == ["retry"] * 4 + ["dead"]
    assert waits == [pytest.approx(mean, rel=0.2) for mean in (5, 20, 80, 300)]
    assert [call[2] for call in of.handling.calls] == [1, 2, 3, 4, 5]
    assert (dead.status, dead.attempts, dead.generation) == ("dead", 5, 1)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (RateLimited("slow down", dependency="model:small", retry_after=timedelta(seconds=30)), 30),
        (RateLimited("slow down", dependency="model:small"), 60),
        (Misconfigured("no such deployment", dependency="model:small"), 60),
    ],
    ids=["rate limited, told how long", "rate limited, not told", "misconfigured"],
)
async def test_a_closed_dependency_then_gate_closed_record_waiting_message_deferred_no_attempt(
    error: Exception, seconds: float, time: MovingClock
) -> None:
    of = world()
    of.handling.does["a"] = error

    outcome = await of.handle(ERRAND)
    waiting, (gate,) = await of.job("a"), await of.runtime.gates.all()

    assert of.log == ["job running", "gate closed", "job waiting", "postpone"]
    assert (outcome.what, waiting.status, waiting.attempts, waiting.generation) == ("held", "waiting", 0, 0)
    assert waiting.due == gate.due == time.now + timedelta(seconds=seconds)
    assert gate.name == "model:small"


async def test_permanent_then_record_dead_with_the_reason_message_deleted() -> None:
    of = world()
    of.handling.does["a"] = Permanent("the picture is gone", code="blob_missing")

    outcome = await of.handle(ERRAND)
    dead = await of.job("a")

    assert outcome.what == "dead"
    assert of.log == ["job running", "ending told", "job dead", "delete"]
    assert (dead.generation, dead.claim, dead.attempts) == (1, None, 0)
    assert dead.reason is not None
    assert (dead.reason.code, dead.reason.error_class) == ("blob_missing", "Permanent")
    assert dead.reason.message == "the picture is gone"


async def test_an_error_without_a_class_is_retried_and_logged_with_its_traceback(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("nightshift"), "propagate", True)
    of = world()
    of.handling.does["a"] = ZeroDivisionError("a defect")

    outcome = await of.handle(ERRAND)

    assert (outcome.what, outcome.error_class, outcome.code) == ("retry", "ZeroDivisionError", "unexpected")
    assert any(record.exc_info for record in caplog.records)


async def test_a_time_out_of_the_handlers_own_is_retried() -> None:
    of = world()
    of.handling.does["a"] = TimeoutError("the model took too long")

    assert (await of.handle(ERRAND)).what == "retry"


@pytest.mark.parametrize(
    ("step", "message"),
    [("get jobs", OURS), *((step, ERRAND) for step in ("query gates", "job running", "effect", "job completed"))],
)
async def test_the_store_fails_at_any_step_then_no_attempt_is_spent_and_the_message_comes_back_after_a_minute(
    step: str, message: str, time: MovingClock
) -> None:
    of = world()
    of.documents.fail(step)

    outcome = await of.handle(message)
    of.documents.heal()
    time.advance(61)
    healed = await of.deliver()
    record = await of.job("a")

    assert (outcome.what, outcome.wait) == ("store_failed", timedelta(seconds=60))
    assert (healed.what, record.attempts) == ("completed", 0)


@pytest.mark.parametrize(
    ("doing", "step"),
    [
        (Transient("busy"), "job waiting"),
        (Permanent("gone"), "job dead"),
        (Next(timedelta(seconds=5)), "job waiting"),
        (RateLimited("slow", dependency="model:small"), "gate closed"),
        (RateLimited("slow", dependency="model:small"), "job waiting"),
        (Unavailable("the wardrobe can't be read", dependency="store"), ""),
    ],
    ids=["retry", "dead letter", "next", "closing the gate", "holding", "in the handler"],
)
async def test_the_store_fails_at_any_other_ending_then_likewise(doing: Exception | Next, step: str) -> None:
    of = world()
    of.handling.does["a"] = doing
    of.documents.fail(step)

    outcome = await of.handle(ERRAND)

    assert (outcome.what, outcome.wait) == ("store_failed", timedelta(seconds=60))
    assert (await of.job("a")).attempts == 0


async def test_a_store_that_stays_away_is_waited_for_twice_as_long_each_time_up_to_a_quarter_hour(
    time: MovingClock,
) -> None:
    of = world()
    of.documents.fail("get jobs")
    of.put(OURS)

    waits = []
    for _ in range(6):
        outcome = await of.deliver()
        assert outcome.wait is not None
        waits.append(outcome.wait.total_seconds())
        time.advance(waits[-1])

    assert waits == [60, 120, 240, 480, 900, 900]


async def test_a_queue_service_that_fails_while_deferring_leaves_the_message_to_the_host() -> None:
    of = world()
    of.handling.does["a"] = Transient("busy")
    of.put(ERRAND)
    of.queues.down = True

    outcome = await of.deliver()

    assert outcome.what == "retry"
    assert "delete" not in of.log


async def test_a_queue_service_that_refuses_the_next_look_spends_no_attempt() -> None:
    of = world()
    of.handling.does["a"] = Next(timedelta(seconds=5))
    of.put(ERRAND)
    of.queues.down = True

    outcome = await of.deliver()
    waiting = await of.job("a")

    assert (outcome.what, waiting.status, waiting.generation, waiting.attempts) == ("store_failed", "waiting", 0, 0)


class HeavyErrand(Errand):
    """An errand whose weight may be more than a document holds."""

    weight: int


async def test_a_payload_that_the_store_cannot_keep_is_a_dead_letter_of_its_own() -> None:
    of = world()
    of.kind = replace(of.kind, model=HeavyErrand)

    outcome = await of.handle(f'{{"name": "a", "weight": {2**60}}}')
    (dead,) = await of.dead_letters()

    assert outcome.what == "dead"
    assert dead.reason is not None
    assert (dead.is_bare_message, dead.reason.code) == (True, "document_invalid")
    assert await of.record("a") is None


async def test_an_attempt_limit_of_one_makes_the_first_transient_failure_the_last() -> None:
    of = world(policy=Policy(max_attempts=1))
    of.handling.does["a"] = Transient("busy")

    assert (await of.handle(ERRAND)).what == "dead"
