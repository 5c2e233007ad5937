"""What of a record is believed when a clock that was ahead wrote it? Claims, waits and completions that can be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared import clock
from shared.jobs.decide import ClaimIt, Decision, Defer, decide
from shared.jobs.producer import is_duplicate
from shared.jobs.record import Claim, Record
from shared.jobs.trust import trusted
from tests.unit.jobs.build import NOW, POLICY, later, record

APART = 120
"""Seconds that two workers' clocks may be apart."""
CLAIM = POLICY.claim.total_seconds()


def decided(of: Record) -> Decision:
    """Return what happens to a bare message of a record that was put just now."""
    return decide(of, generation=None, put_at=NOW, gates=(), slot_free=True, policy=POLICY, now=NOW)


def test_a_claim_that_outlasts_any_claim_is_over_and_counts_as_a_crash() -> None:
    found = decided(record("running", claim=Claim("of the dead", later(CLAIM + APART + 1))))

    assert found == ClaimIt(generation=2, fresh=False, crashes=1)


def test_a_claim_of_a_worker_whose_clock_is_a_minute_ahead_holds_for_one_that_is_a_minute_behind() -> None:
    until = later(CLAIM + APART)

    assert decided(record("running", claim=Claim("token", until))) == Defer(until, "another delivery has claimed it")


@pytest.mark.parametrize(("written", "waits"), [(APART, True), (APART + 1, False), (172_800, False)])
def test_a_wait_that_a_clock_far_ahead_wrote_is_over(written: float, waits: bool) -> None:
    found = decided(record("waiting", updated_at=later(written), due=later(written + 300)))

    assert isinstance(found, Defer) is waits


def test_a_long_wait_that_was_written_now_is_meant() -> None:
    assert isinstance(decided(record("waiting", updated_at=NOW, due=later(86_400))), Defer)


def test_a_completion_to_come_counts_from_when_its_message_was_put() -> None:
    seen = {"id": "1", "putAt": clock.to_text(later(-7200)), "dequeueCount": 1}
    ahead = record("completed", ended_at=later(172_800), message=seen)

    assert trusted(ahead, POLICY, NOW).ended_at == later(-7200)
    assert decided(ahead) == ClaimIt(generation=3, fresh=True, crashes=0)
    assert not is_duplicate(ahead, POLICY)


def test_a_death_to_come_revives_nothing() -> None:
    ahead = record("dead", ended_at=later(172_800), message={"putAt": clock.to_text(later(-7200))})

    assert decided(ahead) == decided(record("dead", ended_at=NOW - timedelta(seconds=1)))


@pytest.mark.parametrize("status", ["queued", "running", "waiting", "completed", "dead", "cancelled"])
def test_what_can_be_stays_as_it_is(status: str) -> None:
    plain = record(status)  # type: ignore[arg-type]

    assert trusted(plain, POLICY, NOW) is plain
