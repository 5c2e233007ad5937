"""Like, unlike, like within an hour: does the last one count, though its message says what the first one's said?

The messages have neither job id nor createdAt: what orders them is when the queue got them.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import clock
from shared.documents.containers import TASTE_EVIDENCE
from shared.errors import Permanent, Transient
from shared.jobs.interventions import Interventions
from shared.jobs.kinds import Registry
from shared.jobs.messages import MAX_ACCEPTED
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.producer import Producer
from shared.jobs.record import JobKey
from shared.queues.memory import MemoryQueues
from shared.queues.port import Delivery
from tests.integration.taste.worlds import SETTINGS, SHELF, TasteWorld

BEGAN = datetime(2026, 11, 23, 9, tzinfo=UTC)
QUEUE = SETTINGS.taste_queue


class Toggling:
    """A picture that is liked, and not, and liked: every signal is put a minute after the one before."""

    def __init__(self, world: TasteWorld | None = None) -> None:
        self.now = BEGAN
        self.world = world or TasteWorld()
        self.producer = Producer(self.world.runtime.records, self.world.queues)
        self.more: dict[str, Any] = {}
        self._numbers = itertools.count(1)

    def members(self, signal: str) -> dict[str, Any]:
        """Return what a message of a signal says."""
        return {**self.more, "user_id": "ada", "item_id": "scarf", "image_url": f"{SHELF}red.png", "signal": signal}

    def put(self, signal: str) -> Delivery:
        """Put a signal, in the next minute."""
        self._wait()
        body = json.dumps(self.members(signal)).encode()
        return Delivery(QUEUE, body, str(next(self._numbers)), "", 1, self.now)

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Deliver a message a second later."""
        self.now += timedelta(seconds=1)
        try:
            return await self.world.runtime.deliver(self.world.kind, delivery)
        except Deferred as deferred:
            return deferred.outcome

    async def ask(self, signal: str) -> str:
        """Ask our producer for a signal, in the next minute; return what it answers."""
        self._wait()
        await self.world.queues.ensure(QUEUE)
        return (await self.producer.enqueue(self.world.kind, self.members(signal), by="ada")).what

    def _wait(self) -> None:
        self.now = BEGAN + timedelta(minutes=(self.now - BEGAN) // timedelta(minutes=1) + 1)

    async def deliver_all(self) -> list[str]:
        """Deliver whatever is in the queue, until nothing comes; return what came of it."""
        outcomes = []
        while delivery := self.world.queues.receive(QUEUE):
            outcomes.append((await self.deliver(delivery)).what)
            if outcomes[-1] not in ("retry", "deferred"):
                self.world.queues.delete(delivery)
        return outcomes

    async def stands(self) -> tuple[str, str]:
        """Return the signal that stands, and when it was given; the profile must be folded from it."""
        (evidence,) = await self.world.evidences()
        profile = await self.world.profile()
        assert profile["asOf"] == evidence["createdAt"]
        assert profile["evidences"] == (evidence["signal"] != "none")
        return evidence["signal"], evidence["createdAt"]


@pytest.fixture
def of() -> Iterator[Toggling]:
    """A picture that nobody has liked yet, on a clock that only moves when told."""
    toggling = Toggling()
    with clock.running_on(lambda: toggling.now):
        yield toggling


def instant(minute: int) -> str:
    """Return the instant of the signal that was put in that minute, as a text."""
    return clock.to_text(BEGAN + timedelta(minutes=minute))


@pytest.mark.parametrize(
    "signals",
    [("up", "none", "up"), ("up", "down", "up"), ("up", "none", "up", "none"), ("up", "none", "none", "up")],
    ids="-".join,
)
async def test_each_is_delivered_before_the_next_is_put_and_the_last_counts(
    signals: tuple[str, ...], of: Toggling
) -> None:
    puts = []
    for signal in signals:
        delivery = of.put(signal)
        puts.append(clock.to_text(delivery.put_at))
        await of.deliver(delivery)

    assert await of.stands() == (signals[-1], puts[-1])


@pytest.mark.parametrize("order", [*itertools.permutations(range(3)), *itertools.permutations((0, 1, 2, 0, 1))])
async def test_the_last_put_counts_in_whatever_order_and_however_often_they_arrive(
    order: tuple[int, ...], of: Toggling
) -> None:
    deliveries = [of.put(signal) for signal in ("up", "none", "up")]

    for number in order:
        await of.deliver(deliveries[number])

    assert await of.stands() == ("up", instant(3))


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
@pytest.mark.parametrize(("repeated", "other"), [("up", "down"), ("down", "up")])
async def test_of_signals_put_at_the_same_instant_the_greater_job_id_counts_in_whatever_order(
    repeated: str, other: str, order: tuple[int, ...], of: Toggling
) -> None:
    puts = [of.put(repeated), of.put(repeated), of.put(other)]
    puts[1] = replace(puts[1], put_at=puts[2].put_at)
    signals = {(await of.deliver(puts[number])).job: (repeated, repeated, other)[number] for number in order}

    assert await of.stands() == (signals[max(signals)], instant(3))


@pytest.mark.parametrize(
    ("before", "copy", "outcome"),
    [(("up", "none"), "up", "dead"), (("none", "up"), "up", "ended"), (("up",), "up", "ended")],
    ids=["another signal stands", "it stands", "nothing was in between"],
)
async def test_a_repeat_that_the_host_gave_up_on_becomes_a_dead_letter_when_another_signal_stands(
    before: tuple[str, ...], copy: str, outcome: str, of: Toggling
) -> None:
    for signal in before:
        await of.deliver(of.put(signal))
    stood = await of.stands()

    given_up = await of.world.runtime.deliver_poison(of.world.kind, of.put(copy))

    assert (given_up.what, await of.stands()) == (outcome, stood)


async def test_a_repeat_that_the_host_gave_up_on_and_that_says_it_is_older_ends(of: Toggling) -> None:
    of.more = {"createdAt": clock.to_text(BEGAN)}
    await of.deliver(of.put("up"))
    of.more = {"createdAt": instant(5)}
    of.now += timedelta(minutes=5)
    await of.deliver(of.put("none"))
    of.more = {"createdAt": clock.to_text(BEGAN)}

    given_up = await of.world.runtime.deliver_poison(of.world.kind, of.put("up"))

    assert given_up.what == "ended"


async def test_duplicates_of_older_messages_change_nothing(of: Toggling) -> None:
    deliveries = [of.put(signal) for signal in ("up", "none", "up")]
    for delivery in deliveries:
        await of.deliver(delivery)
    evidences, profile, looks = await of.world.evidences(), await of.world.profile(), of.world.shelf.read_count

    outcomes = [(await of.deliver(delivery)).what for delivery in [*deliveries, *reversed(deliveries)]]

    assert set(outcomes) == {"ended"}
    assert (await of.world.evidences(), await of.world.profile()) == (evidences, profile)
    assert of.world.shelf.read_count == looks


async def test_a_repeat_moves_the_like_up_without_another_look_at_the_picture(of: Toggling) -> None:
    await of.deliver(of.put("up"))

    outcome = await of.deliver(of.put("up"))

    assert outcome.what == "ended"
    assert await of.stands() == ("up", instant(2))
    assert of.world.shelf.read_count == 1


async def test_an_unlike_that_is_older_than_a_repeated_like_does_not_win(of: Toggling) -> None:
    like, none, again = of.put("up"), of.put("none"), of.put("up")

    for delivery in (like, again, none):
        await of.deliver(delivery)

    assert await of.stands() == ("up", instant(3))


async def test_a_repeat_of_a_waiting_like_moves_its_record_up(of: Toggling, monkeypatch: pytest.MonkeyPatch) -> None:
    read = of.world.shelf.read

    async def busy(container: str, name: str) -> bytes:
        raise Transient("busy")

    monkeypatch.setattr(of.world.shelf, "read", busy)
    like = of.put("up")
    assert (await of.deliver(like)).what == "retry"
    await of.deliver(of.put("none"))
    monkeypatch.setattr(of.world.shelf, "read", read)

    assert (await of.deliver(of.put("up"))).what == "completed"
    assert await of.stands() == ("up", instant(3))


async def test_an_effect_that_stands_with_an_older_instant_is_moved_up_without_another_look(of: Toggling) -> None:
    outcome = await of.deliver(of.put("up"))
    held = await of.world.runtime.records.get(JobKey("ada", outcome.job))
    assert held is not None
    unended = replace(held.record, status="waiting", due=of.now, ended_at=None)  # as if the worker had died before
    await of.world.runtime.records.replace(held, unended)

    assert (await of.deliver(of.put("up"))).what == "completed"
    assert await of.stands() == ("up", instant(2))
    assert of.world.shelf.read_count == 1


async def test_a_worker_that_died_after_moving_the_like_up_has_its_profile_folded(of: Toggling) -> None:
    await of.deliver(of.put("up"))
    (evidence,) = await of.world.evidences()
    again = of.put("up")
    moved = {**evidence, "createdAt": instant(2), "order": f"{instant(2)}|{evidence['jobId']}"}
    await of.world.documents.upsert(TASTE_EVIDENCE, moved)

    await of.deliver(again)

    assert await of.stands() == ("up", instant(2))


@pytest.mark.parametrize("signals", [("up", "none", "up"), ("up", "down", "up"), ("down", "up", "down")])
async def test_signals_asked_of_our_producer_before_any_is_delivered_end_as_the_last(
    signals: tuple[str, ...], of: Toggling
) -> None:
    answers = [await of.ask(signal) for signal in signals]
    await of.deliver_all()

    assert answers == ["accepted" if signal not in signals[:n] else "duplicate" for n, signal in enumerate(signals)]
    assert await of.stands() == (signals[-1], instant(len(signals)))


async def test_signals_asked_of_our_producer_one_after_the_other_end_as_the_last(of: Toggling) -> None:
    answers = []
    for signal in ("up", "none", "up", "none"):
        answers.append(await of.ask(signal))
        await of.deliver_all()

    assert answers == ["accepted", "accepted", "duplicate", "duplicate"]
    assert (await of.stands())[0] == "none"


async def test_a_repeat_counts_though_its_message_is_as_large_as_is_taken(of: Toggling) -> None:
    of.more = {"tags": ["\U0001f600" * 200] * 60}
    size = len(json.dumps(of.members("none"), ensure_ascii=False, separators=(",", ":")).encode())
    of.more["title"] = "x" * (MAX_ACCEPTED - size - len(',"title":""'))
    for signal in ("none", "down", "none"):
        await of.ask(signal)
        outcomes = await of.deliver_all()

    assert outcomes == ["completed"]
    assert (await of.stands())[0] == "none"


async def test_a_repeat_of_a_live_job_after_its_window_carries_its_instant(of: Toggling) -> None:
    await of.ask("up")
    await of.ask("none")
    of.now += timedelta(minutes=10)

    assert await of.ask("up") == "accepted"
    await of.deliver_all()

    assert await of.stands() == ("up", instant(13))


async def test_a_producer_that_another_was_quicker_than_tells_its_instant_all_the_same() -> None:
    class Racing(MemoryQueues):
        async def send(self, queue: str, body: str, *, delay: timedelta = timedelta()) -> str:
            while older:  # between our producer's message and its record, workers are at the older ones
                await toggling.deliver(older.pop(0))
            return await super().send(queue, body, delay=delay)

    toggling = Toggling(TasteWorld(queues=Racing()))
    with clock.running_on(lambda: toggling.now):
        older = [toggling.put("up"), toggling.put("none")]
        await toggling.ask("up")
        await toggling.deliver_all()

        assert await toggling.stands() == ("up", instant(3))


async def test_an_older_repeat_that_our_producer_is_asked_for_is_not_sent(of: Toggling) -> None:
    await of.ask("up")
    await of.deliver_all()
    old = {**of.members("up"), "job_id": (await of.world.evidences())[0]["jobId"], "createdAt": "2026-11-01T09:00:00Z"}

    answer = await of.producer.enqueue(of.world.kind, old, by="ada")

    assert answer.what == "duplicate"
    assert await of.world.queues.depth(QUEUE) == 0


async def test_a_replay_keeps_its_records_instant(of: Toggling, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(container: str, name: str) -> bytes:
        raise Permanent("gone", code="blob_missing")

    monkeypatch.setattr(of.world.shelf, "read", gone)
    await of.world.queues.ensure(QUEUE)
    down, up = of.put("down"), of.put("up")
    of.now += timedelta(minutes=1)
    outcome = await of.deliver(down)
    monkeypatch.undo()
    await of.deliver(up)
    interventions = Interventions(
        of.world.runtime.records, of.world.queues, of.world.runtime.gates, Registry([of.world.kind]), by="ops"
    )
    held = await of.world.runtime.records.get(JobKey("ada", outcome.job))
    assert held is not None
    dead = held.record
    for edited in (None, of.members("down")):
        held = await of.world.runtime.records.get(JobKey("ada", outcome.job))
        assert held is not None
        await of.world.runtime.records.replace(held, dead)
        held = await of.world.runtime.records.get(JobKey("ada", outcome.job))
        assert held is not None
        await interventions.replay(held, edited=edited)
        await of.deliver_all()

    assert outcome.what == "dead"
    assert await of.stands() == ("up", instant(2))
