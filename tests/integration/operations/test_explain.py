"""Why is a thing where it is? Asked of a real store, by all that a thing may be called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from operations.actor import Actor
from operations.explain.answer import Answer
from operations.explain.asking import explain
from processors.alerts import rule as rules
from processors.alerts import scheduler, store
from processors.alerts.dispatch import dispatch
from processors.catalogue import alert_kind
from processors.scraper import sources
from processors.taste.evidence import evidence_body
from processors.taste.model import TasteJob
from shared import clock
from shared.alerts.states import SYSTEM
from shared.documents.containers import HEARTBEATS, HELD_MESSAGES, JOBS, TASTE_EVIDENCE
from shared.errors import Misconfigured, NotAllowed, NotFound, RateLimited, Refused, Unavailable, UsageError
from shared.heartbeats import beating
from shared.jobs import transitions
from shared.jobs.gates import Gates
from shared.jobs.held_messages import HeldMessage, note
from shared.jobs.record import Claim, JobKey
from shared.jobs.record_store import Records
from shared.queues.port import Delivery
from tests.actors import ADMIN
from tests.integration.jobs.worlds import MovingClock
from tests.integration.operations.worlds import OperatedWorld

CONDITION = {"measure": "pickup_call_rate", "scope": "global", "operator": "<", "threshold": 40}
OPERATIONS = {"job": 7, "run": 16, "rule": 8, "source": 13, "dead letter": 7}
"""Operations of the store that an explanation takes; of a rule whose job waits two more for each that it runs after."""


async def asked(world: OperatedWorld, named: str, **more: Any) -> Answer:
    """Return why a thing is where it is."""
    return await explain(world.documents, world.settings, ADMIN, named, queues=world.queues, **more)


async def alive(world: OperatedWorld) -> None:
    """Let a host have been seen, and its housekeeping timers have fired."""
    await world.documents.upsert(HEARTBEATS, {"id": "worker:here:1", "at": clock.text_now(), "schemaVersion": 1})
    for timer in ("RescueJobs", "DispatchAlerts", "CatchUpRuns"):
        async with beating(world.documents, timer):
            pass


async def watches(world: OperatedWorld, id: str, client: str = SYSTEM, **said: Any) -> None:
    """Store an alert rule that runs each day at 09:30."""
    daily = {"type": "daily", "time": "09:30", "timezone": "UTC"}
    members = {"name": f"Rule {id}", "condition": CONDITION, "frequency": daily, **said}
    await store.create(world.documents, client, id, rules.checked(members), by="ada")


async def scrapes(world: OperatedWorld, url: str, name: str) -> str:
    """Store a source of the scraper; return its id."""
    body, _ = await sources.add(world.documents, sources.new(url, "rss", name))
    return str(body["id"])


async def test_a_job_that_waits_at_a_gate_is_told_as_on_the_label(world: OperatedWorld, time: MovingClock) -> None:
    """The gate, until when, attempts that are left, and what is ahead at the rate of the last ten minutes."""
    await alive(world)
    for n in range(20):
        done = await world.like(f"done-{n}")
        held = await Records(world.documents).get(done.key)
        assert held is not None
        await Records(world.documents).replace(held, transitions.completed(done))
    for _ in range(11):
        await world.queues.send(world.taste.queue, "a message")
    job = await world.like("hat")
    held = await Records(world.documents).get(job.key)
    assert held is not None
    slow = transitions.reason_of("taste", Unavailable("no answer", dependency="blob"))
    tried = transitions.retrying(transitions.retrying(job, slow, timedelta(0)), slow, timedelta(0))
    limited = RateLimited("It says 429", dependency="blob", retry_after=timedelta(seconds=40))
    gate = f"queue:{world.taste.queue}"
    closed = await Gates(world.documents).close_after(gate, limited, clock.now(), by="job hat")
    assert closed.due is not None
    waits = transitions.held(tried, transitions.reason_of("taste", limited), closed.due, gate)
    await Records(world.documents).replace(held, waits)
    time.advance(20)

    answer = await asked(world, "hat")

    assert answer.sentences == (
        f"waits since 09:00:01 for gate {gate} (closed at 09:00:01 for 40 s by job hat: RateLimited: It says 429)",
        "looks again at 09:00:41",
        "3 of 5 attempts left",
        "about 10 messages ahead, about 5 m at the last ten minutes' rate",
    )
    assert (answer.code, answer.gate, answer.next_at) == ("gate_limited", gate, closed.due)
    assert (answer.ahead, answer.rate_per_minute) == (10, 2.0)


async def test_what_is_ahead_takes_as_long_as_the_last_ten_minutes_say(world: OperatedWorld, time: MovingClock) -> None:
    await alive(world)
    for n in range(20):
        await world.dead(f"done-{n}")
    time.advance(300)
    await alive(world)
    for _ in range(11):
        await world.queues.send(world.taste.queue, "a message")
    await world.like("hat")

    assert (await asked(world, "hat")).sentences[-1] == (
        "about 10 messages ahead, about 5 m at the last ten minutes' rate"
    )
    time.advance(310)
    await alive(world)
    assert (await asked(world, "hat")).rate_per_minute == 0.0


async def test_a_queue_service_that_does_not_answer_leaves_out_what_is_ahead(world: OperatedWorld) -> None:
    await world.like("hat")

    class Silent:
        async def depth(self, queue: str) -> int | None:
            raise Unavailable("no answer", dependency="queue")

    answer = await explain(world.documents, world.settings, ADMIN, "hat", queues=Silent())  # type: ignore[arg-type]

    assert answer.ahead is None
    assert "ahead" not in answer.sentences[-1]


async def test_a_job_whose_worker_died_says_when_it_is_woken(world: OperatedWorld, time: MovingClock) -> None:
    job = await world.like("hat")
    held = await Records(world.documents).get(job.key)
    assert held is not None
    claim = Claim("token", clock.now() + timedelta(seconds=60))
    seen = {"id": "m", "dequeueCount": 1}
    more: dict[str, Any] = {"crashes": 0, "payload": None, "seen": seen, "traceparent": None}
    await Records(world.documents).replace(held, transitions.claimed(job, generation=0, claim=claim, **more))
    time.advance(90)
    await alive(world)

    answer = await asked(world, "job:hat")

    assert (answer.code, answer.sentences[0]) == (
        "worker_died",
        "its worker died (crash 1 of 6), its claim is over since 09:01:01",
    )
    assert answer.sentences[1] == "RescueJobs wakes it within a minute of 09:02:01"


async def test_a_message_that_a_gate_holds_back_is_explained_by_its_jobs_id(world: OperatedWorld) -> None:
    misconfigured = Misconfigured("It says 403", dependency="queue")
    gate = f"queue:{world.taste.queue}"
    await Gates(world.documents).close_after(gate, misconfigured, clock.now(), by="job a")
    delivery = Delivery(world.taste.queue, b"", "m-1", "receipt", 1, clock.now())
    until = clock.now() + timedelta(minutes=5)
    await note(world.documents, HeldMessage(gate, "taste", delivery, until, JobKey("ada", "hat")))

    answer = await asked(world, "hat", user="ada")

    assert (answer.what, answer.code, answer.gate, answer.next_at) == ("message", "gate_misconfigured", gate, until)
    assert len(await world.all(HELD_MESSAGES)) == 1


async def test_a_dead_letter_counts_those_alike_and_looks_for_a_mend(world: OperatedWorld, time: MovingClock) -> None:
    await world.dead("hat")
    await world.dead("cap")
    await world.dead("slow", error=RateLimited("slow", dependency="blob"))
    time.advance(60)
    done = await world.like("shoe")
    held = await Records(world.documents).get(done.key)
    assert held is not None
    await Records(world.documents).replace(held, transitions.completed(done))

    answer = await asked(world, "dead-letter:hat")

    assert (answer.what, answer.code) == ("dead letter", "seems_mended")
    assert "2 dead letters have its cause" in answer.sentences
    assert (await asked(world, "job:hat")) == answer == (await asked(world, "hat"))


async def test_a_job_that_completed_is_overtaken_by_a_later_one(world: OperatedWorld) -> None:
    done = await world.like("hat", item_id="x", createdAt=clock.text_now(-timedelta(hours=1)))
    held = await Records(world.documents).get(done.key)
    assert held is not None
    assert done.payload is not None
    await Records(world.documents).replace(held, transitions.completed(done))
    alone = await asked(world, "hat")
    later = TasteJob.model_validate({**done.payload, "job_id": "hat-2", "createdAt": clock.text_now()})
    await world.documents.create(TASTE_EVIDENCE, evidence_body(later, 0, None))

    overtaken = await asked(world, "hat")

    assert (alone.code, overtaken.code) == ("completed", "superseded")
    assert "job hat-2 asked later for the same thing, so what that one says stands" in overtaken.sentences


async def test_a_run_is_explained_from_its_timer_to_its_end(world: OperatedWorld) -> None:
    await alive(world)
    coming = await asked(world, "digest/2026-W49")
    early = await asked(world, "digest")
    opened = await world.open("digest")
    queued = await asked(world, "digest/2026-W48")
    await world.work_off()
    over = await asked(world, "digest")

    assert (coming.code, clock.to_text(coming.next_at)) == ("not_due", "2026-11-30T09:00:00.000Z")  # type: ignore[arg-type]
    assert (early.code, early.id) == ("not_yet", "digest")
    assert (queued.what, queued.id, queued.code) == ("run", opened, "turn")
    assert (over.id, over.state) == (opened, "completed")


async def test_a_run_that_waits_for_its_shards_says_for_which(world: OperatedWorld) -> None:
    await alive(world)
    await world.owns("ada", "hat", "cap", "shoe")
    await world.likes("ada", beanie=1.0)
    await Gates(world.documents).close("queue:digest-jobs", reason="a new template", by="ops", until=None)
    await world.open("digest")
    for _ in range(4):
        await world.deliver()

    answer = await asked(world, "run:digest")

    assert answer.state == "running"
    assert answer.sentences[0].startswith("waits since 09:00:01 for 1 of 1 shards (1 queued)")
    assert answer.sentences[1] == (
        "1 of those looked at: gate queue:digest-jobs is closed until somebody opens it, by ops: a new template"
    )


async def test_a_rule_is_explained_from_slot_to_slot(world: OperatedWorld, time: MovingClock) -> None:
    await alive(world)
    await watches(world, "calls")
    await watches(world, "costs", after=["calls"])
    waits = await asked(world, "Rule costs")
    time.advance(30 * 60)
    await alive(world)
    due = await asked(world, "costs")
    await scheduler.write(world.documents, stopped=True, by="cli:ada", why="a move")
    stopped = await asked(world, "rule:costs")
    await scheduler.write(world.documents, stopped=False, by="cli:ada")
    await dispatch(world.services, alert_kind(world.settings))
    await store.update(
        world.documents,
        SYSTEM,
        "calls",
        lambda said: rules.checked({**said.as_json(), "name": "Calls"}),
        by="ada",
    )
    sent = await asked(world, "costs")

    assert [one.code for one in (waits, due, stopped, sent)] == [
        "rule_waits",
        "rule_due",
        "scheduler_stopped",
        "rule_runs",
    ]
    assert waits.sentences == ("runs next at 09:30:00", "it has never been evaluated")
    assert sent.sentences[0] == "its slot of 09:30:00 waits for rule calls, which has yet to run"


async def test_a_source_is_explained_by_id_name_and_address(world: OperatedWorld) -> None:
    await alive(world)
    shop = await scrapes(world, "https://shop.example/feed.xml", "The Shop")

    answers = [
        await asked(world, named)
        for named in (shop, shop[:5], "The Shop", "https://shop.example/feed.xml", f"source:{shop[:5]}")
    ]

    assert {(one.what, one.id, one.code) for one in answers} == {("source", shop, "source_active")}
    assert clock.to_text(answers[0].next_at) == "2026-11-24T07:00:00.000Z"  # type: ignore[arg-type]


async def test_an_id_comes_before_a_name_and_a_name_before_a_beginning(world: OperatedWorld) -> None:
    await world.like("calls")
    await world.like("costs-1")
    await watches(world, "one", name="calls")
    await watches(world, "two", name="costs")

    assert (await asked(world, "calls")).what == "job"
    assert (await asked(world, "costs")).id == "two"
    assert (await asked(world, "cost")).id == "costs-1"


async def test_what_may_be_several_things_is_refused_with_the_choices(world: OperatedWorld) -> None:
    await world.like("hat")
    await world.like("hat", user="ben")
    await watches(world, "hat")

    with pytest.raises(Refused) as refused:
        await asked(world, "hat")

    assert refused.value.code == "thing_ambiguous"
    assert str(refused.value) == "'hat' stands for several: job:hat (of ada), job:hat (of ben), rule:hat."
    assert (await asked(world, "hat", user="ben")).scope == "ben"
    assert (await asked(world, "rule:hat")).what == "rule"


async def test_a_clients_rule_is_found_only_when_the_client_is_given(world: OperatedWorld) -> None:
    await watches(world, "hat", client="acme")

    with pytest.raises(NotFound):
        await asked(world, "hat")

    assert (await asked(world, "hat", client="acme")).scope == "acme"
    with pytest.raises(UsageError) as of_two:
        await asked(world, "hat", client="acme", user="ada")
    assert of_two.value.code == "thing_of_two"


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("nonesuch", "There is no job, run, rule, source or dead letter 'nonesuch'."),
        ("run:digset", "There is no run 'digset'. Did you mean 'digest'?"),
        ("rule:Rule cost", "There is no rule 'Rule cost'. Did you mean 'Rule costs'?"),
        ("dead-letter:hat", "There is no dead letter 'hat'."),
        ("", "There is no job, run, rule, source or dead letter ''."),
        ("job:", "There is no job or dead letter ''."),
    ],
)
async def test_what_is_not_there_is_said(world: OperatedWorld, named: str, says: str) -> None:
    await world.like("hat")
    await watches(world, "costs")

    with pytest.raises(NotFound) as missing:
        await asked(world, named)

    assert str(missing.value) == says
    assert missing.value.code == "thing_not_found"


async def test_a_reader_of_one_user_explains_only_that_ones_jobs(world: OperatedWorld) -> None:
    await world.like("hat")
    by = Actor("api:ada", frozenset({"reader"}), frozenset({"user:ada"}))

    found = await explain(world.documents, world.settings, by, "hat", user="ada", queues=world.queues)

    assert found.id == "hat"
    with pytest.raises(NotAllowed):
        await explain(world.documents, world.settings, by, "hat", queues=world.queues)


class Counted:
    """The store of a world, counting what it is asked."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        call: Callable[..., Any] = getattr(self._inner, name)

        def counted(container: Any, *arguments: Any, **more: Any) -> Any:
            self.calls.append(f"{name} {container.name}")
            return call(container, *arguments, **more)

        return counted


@pytest.mark.parametrize("times", [1, 30])
async def test_an_explanation_takes_as_many_operations_however_much_there_is(world: OperatedWorld, times: int) -> None:
    await alive(world)
    for n in range(times):
        await world.like(f"like-{n}")
        await world.dead(f"letter-{n}")
        await watches(world, f"rule-{n}")
        source = await scrapes(world, f"https://shop.example/{n}.xml", f"Shop {n}")
        await world.owns(f"user-{n}", "hat", "cap", "shoe")
        await world.likes(f"user-{n}", beanie=1.0)
    await Gates(world.documents).close("queue:digest-jobs", reason="a new template", by="ops", until=None)
    await world.open("digest")
    for _ in range(4):
        await world.deliver()
    counting, taken = Counted(world.documents), {}

    for named in ("like-0", "digest/2026-W48", "rule-0", source, "letter-0"):
        counting.calls.clear()
        answer = await explain(counting, world.settings, ADMIN, named, queues=world.queues)  # type: ignore[arg-type]
        taken[answer.what] = len(counting.calls)

    assert taken == OPERATIONS
    assert len(await world.all(JOBS)) > times
