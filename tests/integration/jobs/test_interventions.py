"""What may a person do to a job?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.documents.containers import AUDIT, JOBS
from shared.errors import Permanent, Unavailable, UsageError
from shared.jobs.bulk import Filter
from shared.jobs.kinds import Needs
from shared.jobs.messages import BadMessage
from shared.jobs.record_store import Held
from shared.masking import masked_json
from tests.integration.jobs.worlds import MovingClock, WatchedWorld, world
from tests.jobs_world import QUEUE


async def held(of: WatchedWorld, name: str = "a") -> Held:
    """Return an errand's record as it stands."""
    found = await of.records.get((await of.job(name)).key)
    assert found is not None
    return found


async def died(of: WatchedWorld, name: str = "a", why: str = "gone") -> Held:
    """Let an errand die; then mend what it died of."""
    of.handling.does[name] = Permanent(why, code=why)
    await of.handle(f'{{"name": "{name}"}}')
    of.handling.does[name] = None
    of.log.clear()
    return await held(of, name)


async def bare(of: WatchedWorld, body: str = '{"name": 5, "do": "ok"}') -> Held:
    """Let a body die that is no job's."""
    await of.handle(body)
    of.log.clear()
    (dead,) = await of.dead_letters()
    found = await of.records.get(dead.key)
    assert found is not None
    return found


async def audited(of: WatchedWorld) -> list[dict[str, Any]]:
    """Return the audit lines, oldest first."""
    return [document.body async for document in of.documents.query(AUDIT, order_by="at")]


async def test_a_replay_is_sent_first_then_recorded_as_the_next_generation(time: MovingClock) -> None:
    of = world()
    dead = await died(of)

    queued = await of.interventions.replay(dead)

    assert of.log == ["send", "job queued", "audit"]
    assert of.queues.sent == [{"name": "a", "do": "ok", "generation": 2}]
    assert (queued.status, queued.generation, queued.attempts, queued.reason) == ("queued", 2, 0, None)


async def test_a_replayed_job_completes(time: MovingClock) -> None:
    of = world()
    await of.interventions.replay(await died(of))

    outcome = await of.deliver()

    assert (outcome.what, (await of.job("a")).status) == ("completed", "completed")


async def test_an_earlier_message_of_a_replayed_job_ends(time: MovingClock) -> None:
    of = world()
    await of.interventions.replay(await died(of))

    assert (await of.deliver()).what == "completed"
    assert (await of.handle('{"name": "a", "generation": 0}')).what == "ended"


async def test_a_replay_with_a_corrected_payload_works_on_that(time: MovingClock) -> None:
    of = world()

    await of.interventions.replay(await died(of), edited={"name": "a", "do": "mended"})

    assert of.queues.sent[0]["do"] == "mended"
    assert (await of.job("a")).payload == {"name": "a", "do": "mended"}


async def test_a_correction_of_what_was_shown_masked_keeps_the_secrets(time: MovingClock) -> None:
    of = world()
    dead = await died(of, "https://ada:secret@shop.example/")

    corrected = {**masked_json(dead.record.payload), "do": "mended"}
    await of.interventions.replay(dead, edited=corrected)

    assert of.queues.sent[0]["name"] == "https://ada:secret@shop.example/"


async def test_a_correction_that_changes_an_address_and_leaves_its_mask_is_refused(time: MovingClock) -> None:
    of = world()
    dead = await died(of, "https://shop.example/a.png?sig=s3cr3t")

    with pytest.raises(UsageError, match="mask") as refused:
        await of.interventions.replay(dead, edited={"name": "https://shop.example/b.png?sig=***"})

    assert refused.value.code == "edited_masked"
    assert of.log == []


async def test_a_replay_with_a_bad_payload_is_refused_with_its_places_and_nothing_is_sent(time: MovingClock) -> None:
    of = world()
    dead = await died(of)

    with pytest.raises(BadMessage) as bad:
        await of.interventions.replay(dead, edited={"name": "a", "do": 5})

    assert [place["at"] for place in bad.value.places] == ["do"]
    assert of.log == []


async def test_a_correction_that_names_another_job_is_refused(time: MovingClock) -> None:
    of = world()

    with pytest.raises(UsageError, match="names another job"):
        await of.interventions.replay(await died(of), edited={"name": "b"})


async def test_a_replay_through_a_closed_gate_is_refused_unless_forced(time: MovingClock) -> None:
    of = world()
    dead = await died(of)
    await of.runtime.gates.close("model:small", reason="bill unpaid", by="ops", until=None)

    with pytest.raises(UsageError, match="bill unpaid"):
        await of.interventions.replay(dead)
    assert (await of.interventions.replay(dead, force=True)).status == "queued"


async def test_a_replay_that_does_without_the_closed_dependency_is_not_refused(time: MovingClock) -> None:
    of = world(needs=Needs("do", {"walk": ()}))
    dead = await died(of)
    await of.runtime.gates.close("model:small", reason="pause", by="ops", until=None)

    assert (await of.interventions.replay(dead, edited={"name": "a", "do": "walk"})).status == "queued"


async def test_a_replay_while_the_queue_service_is_down_changes_nothing(time: MovingClock) -> None:
    of = world()
    dead = await died(of)
    of.queues.down = True

    with pytest.raises(Unavailable):
        await of.interventions.replay(dead)
    assert (await of.job("a")).status == "dead"


async def test_a_replay_whose_record_was_not_written_still_completes(time: MovingClock) -> None:
    of = world()
    dead = await died(of)
    of.documents.fail("job queued")
    with pytest.raises(Unavailable):
        await of.interventions.replay(dead)
    of.documents.heal()

    assert (await of.deliver()).what == "completed"


async def test_a_second_replay_of_the_same_dead_letter_runs_it_once(time: MovingClock) -> None:
    of = world()
    dead = await died(of)

    await of.interventions.replay(dead)
    await of.interventions.replay(dead)  # by someone who saw the same list
    outcomes = [await of.deliver(), await of.deliver()]

    assert sorted(outcome.what for outcome in outcomes) == ["completed", "ended"]
    assert of.handling.handled("a") == 2


@pytest.mark.parametrize("status", ["completed", "queued"])
async def test_only_dead_letters_are_replayed(status: str, time: MovingClock) -> None:
    of = world()
    await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")
    if status == "completed":
        await of.deliver()

    with pytest.raises(UsageError, match=status):
        await of.interventions.replay(await held(of))


async def test_the_fourth_replay_for_an_unchanged_cause_is_refused_unless_forced(time: MovingClock) -> None:
    of = world()
    dead = await died(of)
    of.handling.does["a"] = Permanent("gone", code="gone")
    for _ in range(3):
        await of.interventions.replay(dead)
        await of.deliver()
        dead = await held(of)

    with pytest.raises(UsageError, match="same cause"):
        await of.interventions.replay(dead)
    assert (await of.interventions.replay(dead, force=True)).status == "queued"


async def test_a_replay_that_its_worker_begins_before_it_is_recorded_counts_for_the_guard(time: MovingClock) -> None:
    of = world()
    dead = await died(of)
    of.handling.does["a"] = Permanent("gone", code="gone")
    for _ in range(3):
        of.documents.fail("job queued")
        with pytest.raises(Unavailable):
            await of.interventions.replay(dead)
        of.documents.heal()
        assert (await of.deliver()).what == "dead"
        dead = await held(of)

    with pytest.raises(UsageError, match="same cause"):
        await of.interventions.replay(dead)


async def test_a_corrected_payload_passes_the_loop_guard_since_it_is_the_mend(time: MovingClock) -> None:
    of = world()
    dead = await died(of)
    of.handling.does["a"] = Permanent("gone", code="gone")
    for _ in range(3):
        await of.interventions.replay(dead)
        await of.deliver()
        dead = await held(of)

    assert (await of.interventions.replay(dead, edited={"name": "a"})).status == "queued"


async def test_the_loop_guard_counts_anew_when_the_cause_changes(time: MovingClock) -> None:
    of = world()
    dead = await died(of)
    for why in ("gone", "gone", "denied"):
        await of.interventions.replay(dead)
        of.handling.does["a"] = Permanent(why, code=why)
        await of.deliver()
        dead = await held(of)

    assert (await of.interventions.replay(dead)).status == "queued"


async def test_a_dead_body_is_sent_as_corrected_as_a_new_message_and_then_discarded(time: MovingClock) -> None:
    of = world()
    dead = await bare(of)

    discarded = await of.interventions.replay(dead, edited={"name": "a"})

    assert of.log == ["send", "job discarded", "audit"]
    assert of.queues.sent == [{"name": "a", "do": "ok"}]
    assert discarded.status == "discarded"
    assert discarded.timeline[-1]["why"] == "replayed"
    assert (await of.deliver()).what == "completed"


async def test_a_dead_body_as_it_was_is_refused_with_its_places(time: MovingClock) -> None:
    of = world()

    with pytest.raises(BadMessage) as bad:
        await of.interventions.replay(await bare(of))
    assert [place["at"] for place in bad.value.places] == ["name"]


async def test_a_dead_plain_message_is_sent_again_as_it_was(time: MovingClock) -> None:
    of = world(recorded=False)
    of.handling.does["a"] = Permanent("gone")
    dead = await bare(of, '{"name": "a"}')
    of.handling.does["a"] = None

    await of.interventions.replay(dead)

    assert (await of.deliver()).what == "completed"


async def test_a_discarded_dead_letter_is_no_more_one_and_nothing_wakes_it(time: MovingClock) -> None:
    of = world()
    dead = await died(of)

    discarded = await of.interventions.discard(dead, why="a test")

    assert (discarded.status, discarded.generation) == ("discarded", dead.record.generation + 1)
    assert (await of.handle('{"name": "a", "generation": 1}')).what == "ended"


async def test_a_replay_under_way_of_a_job_that_was_discarded_ends(time: MovingClock) -> None:
    of = world()
    dead = await died(of)
    of.documents.fail("job queued")
    with pytest.raises(Unavailable):
        await of.interventions.replay(dead)
    of.documents.heal()

    await of.interventions.discard(dead)

    assert (await of.deliver()).what == "ended"


@pytest.mark.parametrize("do", ["discard", "purge"])
async def test_what_is_not_dead_is_neither_discarded_nor_purged(do: str, time: MovingClock) -> None:
    of = world()
    await of.handle('{"name": "a"}')

    with pytest.raises(UsageError, match="completed"):
        await getattr(of.interventions, do)(await held(of))


async def test_a_cancelled_job_is_not_done(time: MovingClock) -> None:
    of = world()
    await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")

    cancelled = await of.interventions.cancel(await held(of), why="typed by mistake")

    assert (cancelled.status, cancelled.generation, cancelled.claim) == ("cancelled", 1, None)
    assert (await of.deliver()).what == "ended"
    assert of.handling.calls == []


async def test_an_ended_job_is_not_cancelled(time: MovingClock) -> None:
    of = world()

    with pytest.raises(UsageError, match="ended already"):
        await of.interventions.cancel(await died(of))


async def test_a_purged_dead_letter_is_gone_and_a_message_of_its_counts_as_new(time: MovingClock) -> None:
    of = world()

    await of.interventions.purge(await died(of))

    assert await of.record("a") is None
    assert (await of.handle('{"name": "a"}')).what == "completed"


async def test_a_discarded_one_is_purged_too(time: MovingClock) -> None:
    of = world()
    await of.interventions.discard(await died(of))

    await of.interventions.purge(await held(of))

    assert await of.record("a") is None


@pytest.mark.parametrize("do", ["discard", "purge", "cancel"])
async def test_a_record_that_changed_since_it_was_read_is_not_touched(do: str, time: MovingClock) -> None:
    of = world()
    if do == "cancel":
        await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")
        seen = await held(of)
        await of.deliver()
    else:
        seen = await died(of)
        await of.interventions.replay(seen)
        await of.deliver()

    with pytest.raises(UsageError, match="changed meanwhile"):
        await getattr(of.interventions, do)(seen)
    assert (await of.job("a")).status == "completed"


@pytest.mark.parametrize("do", ["replay", "discard", "purge"])
async def test_every_operation_leaves_an_audit_line_without_the_payload(do: str, time: MovingClock) -> None:
    of = world()

    await getattr(of.interventions, do)(await died(of))
    (line,) = await audited(of)

    assert (line["action"], line["by"], line["job"], line["scope"]) == (do, "ops", "a", "errands")
    assert "payload" not in line
    assert line["ttl"] == 400 * 24 * 3600


async def test_a_refused_operation_leaves_no_audit_line(time: MovingClock) -> None:
    of = world()

    with pytest.raises(BadMessage):
        await of.interventions.replay(await bare(of))
    assert await audited(of) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), {"a", "b", "c"}),
        (Filter(queue=QUEUE), {"a", "b", "c"}),
        (Filter(queue="other"), set()),
        (Filter(error_class="Permanent"), {"a", "b", "c"}),
        (Filter(error_class="Transient"), set()),
    ],
    ids=["all", "queue", "other queue", "class", "other class"],
)
async def test_dead_letters_are_found_by_what_is_asked(wanted: Filter, found: set[str], time: MovingClock) -> None:
    of = world()
    for name in ("a", "b", "c"):
        await died(of, name)

    assert await names(of, wanted) == found


async def test_dead_letters_are_found_by_cause_and_time(time: MovingClock) -> None:
    of = world()
    first = await died(of, "a", "gone")
    time.advance(60)
    await died(of, "b", "denied")
    assert first.record.reason is not None

    assert await names(of, Filter(cause=first.record.reason.cause)) == {"a"}
    assert await names(of, Filter(since=time.now - timedelta(seconds=1))) == {"b"}


async def names(of: WatchedWorld, wanted: Filter) -> set[str]:
    """Return the ids of the dead letters that fit."""
    found = of.documents.query(JOBS, where=wanted.conditions("dead"))
    return {document.body["id"] async for document in found}
