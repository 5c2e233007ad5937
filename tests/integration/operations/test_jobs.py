"""What can be asked of jobs and dead letters, and done to them?"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from contextlib import aclosing
from datetime import timedelta

import pytest

from operations import dead_letters, gates, jobs, users
from operations.actor import Actor
from operations.dead_letters import Choice
from operations.explanations import Explanation
from shared import clock
from shared.errors import NotAllowed, NotFound, Refused, Transient, UsageError
from shared.jobs.bulk import Filter
from shared.jobs.outcome import Deferred
from shared.queues.port import Delivery
from tests.actors import ADMIN
from tests.integration.jobs.worlds import MovingClock
from tests.integration.operations.worlds import MISSING, OperatedWorld

SLOW = Transient("The blob service timed out", code="blob_failed", dependency="blob")
EVERY = Choice((), Filter())


async def test_jobs_are_found_by_state_kind_and_user(world: OperatedWorld) -> None:
    await world.like("hat")
    await world.like("cap", "ben")
    await world.dead("shoe")

    async def ids(**asked: str) -> set[str]:
        return {job.id for job in (await jobs.search(world.documents, world.settings, ADMIN, **asked)).items}

    assert await ids() == {"hat", "cap", "shoe"}
    assert await ids(state="dead") == {"shoe"}
    assert await ids(kind="taste", user="ben") == {"cap"}
    assert await ids(kind="scrape") == set()


async def test_a_kind_that_there_is_not_is_an_error_that_lists_the_known_ones(world: OperatedWorld) -> None:
    with pytest.raises(UsageError, match=r"Known are: .*taste") as refused:
        await jobs.search(world.documents, world.settings, ADMIN, kind="tasty")

    assert refused.value.code == "kind_unknown"


async def test_a_job_is_named_by_the_beginning_of_its_id_if_that_names_one(world: OperatedWorld) -> None:
    await world.like("hat-1")
    await world.like("hat-2")

    assert (await jobs.get(world.documents, world.settings, ADMIN, "hat-1")).payload is not None
    with pytest.raises(Refused, match=r"stands for several: hat-1 \(of ada\), hat-2"):
        await jobs.get(world.documents, world.settings, ADMIN, "hat")
    with pytest.raises(NotFound):
        await jobs.get(world.documents, world.settings, ADMIN, "cap")


@pytest.mark.parametrize("wrap", [bytes, base64.b64encode], ids=["plain", "in Base64"])
async def test_a_body_that_is_no_jobs_is_shown_without_its_secrets(
    wrap: Callable[[bytes], bytes], world: OperatedWorld
) -> None:
    body = wrap(b'{"user_id": "ada", "image_url": "https://shop.example/a.png?sig=s3cr3t", "signal": "sideways"}')
    await world.runtime.intake.bury(world.taste, Delivery("taste", body, "1", "", 1, clock.now()), MISSING)

    (letter_id,) = [job.id for job in (await dead_letters.search(world.documents, ADMIN, Filter()))[0].items]
    letter = await dead_letters.get(world.documents, ADMIN, letter_id)
    job = await jobs.get(world.documents, world.settings, ADMIN, letter_id)
    exported = (await users.export(world.services, ADMIN, "ada"))["documents"]["jobs"]

    assert letter.body == '{"user_id": "ada", "image_url": "https://shop.example/a.png?sig=***", "signal": "sideways"}'
    for raw in (letter.raw, job.raw, exported[0]["raw"]):
        assert raw is not None
        assert base64.b64decode(raw) == wrap(letter.body.encode())


async def test_a_job_that_a_gate_holds_before_its_first_claim_says_so(world: OperatedWorld, time: MovingClock) -> None:
    gate, until = world.taste.gates[0], time.now + timedelta(minutes=30)
    await world.like("hat")
    await gates.close(world.documents, world.settings, ADMIN, gate, reason="moving", until=until)

    (listed,) = (await jobs.search(world.documents, world.settings, ADMIN)).items
    shown = await jobs.get(world.documents, world.settings, ADMIN, "hat")

    said = Explanation("gate_closed", f"gate {gate} is closed, by cli:ada: moving", until, gate)
    assert (listed.explanation, shown.explanation) == (said, said)


async def test_a_message_that_a_gate_holds_before_there_is_a_job_is_told_of(
    world: OperatedWorld, time: MovingClock
) -> None:
    gate, until = world.taste.gates[0], time.now + timedelta(minutes=30)
    await gates.close(world.documents, world.settings, ADMIN, gate, reason="moving", until=until)
    like = {"user_id": "ada", "item_id": "hat", "image_url": "https://shop.example/hat.png", "job_id": "hat"}
    world.queues.put(world.taste.queue, json.dumps(like).encode())
    delivery = world.queues.receive(world.taste.queue)
    assert delivery is not None
    with pytest.raises(Deferred):
        await world.runtime.deliver(world.taste, delivery)

    with pytest.raises(NotFound, match=f"gate {gate} holds back its message") as raised:
        await jobs.get(world.documents, world.settings, ADMIN, "hat")
    (closed,) = (await gates.closed(world.documents, world.settings, ADMIN)).items
    assert (raised.value.code, closed.jobs, closed.messages) == ("job_held_back", 0, 1)
    assert await jobs.count_unrecorded(world.documents, ADMIN, user="ada") == 1
    assert await jobs.count_unrecorded(world.documents, ADMIN, user="ben") == 0
    assert "heldMessages" in (await users.export(world.services, ADMIN, "ada"))["documents"]


async def test_a_reader_of_one_user_sees_no_other_users_jobs(world: OperatedWorld) -> None:
    await world.like("hat", "ben")
    reader = Actor("key:app", frozenset({"reader"}), frozenset({"user:ada"}))

    assert (await jobs.search(world.documents, world.settings, reader, user="ada")).items == ()
    for asked in ({"user": "ben"}, {}):
        with pytest.raises(NotAllowed):
            await jobs.search(world.documents, world.settings, reader, **asked)
    with pytest.raises(NotFound):
        await jobs.get(world.documents, world.settings, reader, "hat", user="ada")


async def test_a_cancelled_job_says_who_and_why(world: OperatedWorld) -> None:
    await world.like("hat")

    cancelled = await jobs.cancel(world.services, ADMIN, "hat", why="by mistake")

    assert (cancelled.id, cancelled.status) == ("hat", "cancelled")
    line = {"by": "cli:ada", "job": "hat", "scope": "ada", "kind": "taste", "generation": 0, "why": "by mistake"}
    assert await world.audited("cancel") == [line]


async def test_an_overdue_job_is_woken_or_only_named(world: OperatedWorld, time: MovingClock) -> None:
    await world.like("hat")
    time.advance(3600)

    would = await jobs.wake_overdue(world.services, ADMIN, dry_run=True)
    assert ([one.id for one in would.items], world.messages(world.taste.queue)) == (["hat"], 0)

    woken = await jobs.wake_overdue(world.services, ADMIN)
    assert (woken, world.messages(world.taste.queue)) == (would, 1)


async def test_dead_letters_are_counted_beyond_those_that_are_listed(world: OperatedWorld) -> None:
    for name in ("hat", "cap", "shoe"):
        await world.dead(name)

    listed, there_are = await dead_letters.search(world.documents, ADMIN, Filter(), limit=2)

    assert (len(listed.items), there_are) == (2, 3)


async def test_alike_failures_are_one_cause_the_most_frequent_first(world: OperatedWorld) -> None:
    await world.dead("slow", error=SLOW)
    await world.dead("hat")
    await world.dead("cap")

    causes, there_are = await dead_letters.by_cause(world.documents, ADMIN, Filter(), limit=1)

    assert ([(cause.code, cause.class_, cause.count) for cause in causes.items], there_are) == (
        [("blob_missing", "Permanent", 2)],
        2,
    )


async def test_letters_are_chosen_by_ids_or_by_a_filter(world: OperatedWorld) -> None:
    await world.dead("hat")
    await world.dead("cap", "ben", SLOW)
    await world.like("alive")

    async def chosen(choice: Choice) -> set[str]:
        return {letter.record.key.id for letter in await dead_letters.choose(world.documents, ADMIN, choice)}

    assert await chosen(EVERY) == {"hat", "cap"}
    assert await chosen(Choice((), Filter(error_class="Transient"))) == {"cap"}
    assert await chosen(Choice(("ha",), None)) == {"hat"}
    for neither in (Choice((), None), Choice(("hat",), Filter())):
        with pytest.raises(UsageError):
            await chosen(neither)
    with pytest.raises(Refused, match="alive is queued, no dead letter"):
        await chosen(Choice(("alive",), None))


async def test_a_replay_says_of_each_letter_what_came_of_it(world: OperatedWorld) -> None:
    await world.services.blobs.ensure("wardrobe-images")
    await world.dead("hat")
    await world.dead("bad", image_url=5)
    letters = await dead_letters.choose(world.documents, ADMIN, EVERY)

    came = {acted.key.id: acted async for acted in dead_letters.replay(world.services, ADMIN, letters)}

    assert came["hat"].error is None
    assert came["bad"].error is not None
    assert came["bad"].error.code == "payload_invalid"
    assert (await world.status("hat"), await world.status("bad")) == ("queued", "dead")
    assert [line["job"] for line in await world.audited("replay")] == ["hat"]


async def test_checking_a_replay_changes_nothing(world: OperatedWorld) -> None:
    await world.services.blobs.ensure("wardrobe-images")
    await world.dead("hat")
    letters = await dead_letters.choose(world.documents, ADMIN, EVERY)

    checked = [acted.error async for acted in dead_letters.check_replay(world.services, ADMIN, letters)]

    assert (checked, await world.status("hat"), await world.audited("replay")) == ([None], "dead", [])


async def test_a_dependency_that_fails_ends_a_replay_and_spares_the_rest(world: OperatedWorld) -> None:
    for n in range(20):
        await world.dead(f"hat-{n}")
    letters = await dead_letters.choose(world.documents, ADMIN, EVERY)
    del world.queues._queues[world.taste.queue]

    came = [acted async for acted in dead_letters.replay(world.services, ADMIN, letters)]

    assert [acted.error.code for acted in came if acted.error] == ["queue_missing"]
    assert sum(acted.untouched for acted in came) == 19


async def test_a_replay_that_is_closed_stops(world: OperatedWorld) -> None:
    await world.services.blobs.ensure("wardrobe-images")
    for n in range(5):
        await world.dead(f"hat-{n}")
    letters = await dead_letters.choose(world.documents, ADMIN, EVERY)

    async with aclosing(dead_letters.replay(world.services, ADMIN, letters, rate=0.1)) as replaying:
        first = await anext(replaying)

    states = [await world.status(f"hat-{n}") for n in range(5)]
    assert (first.error, states.count("queued"), states.count("dead")) == (None, 1, 4)


async def test_discarded_letters_are_kept_and_purged_ones_are_gone(world: OperatedWorld) -> None:
    await world.dead("hat")
    await world.dead("cap")
    hat = await dead_letters.choose(world.documents, ADMIN, Choice(("hat",), None))
    cap = await dead_letters.choose(world.documents, ADMIN, Choice(("cap",), None))

    assert [acted.error async for acted in dead_letters.discard(world.services, ADMIN, hat, why="old")] == [None]
    assert [acted.error async for acted in dead_letters.purge(world.services, ADMIN, cap)] == [None]

    assert (await world.status("hat"), await world.status("cap")) == ("discarded", None)
    assert [len(await world.audited(action)) for action in ("discard", "purge")] == [1, 1]


async def test_a_body_that_is_no_job_is_shown_as_text(world: OperatedWorld) -> None:
    world.queues.put(world.taste.queue, b'{"user_id": 5}')
    await world.work_off()

    (found,) = (await dead_letters.search(world.documents, ADMIN, Filter()))[0].items
    letter = await dead_letters.get(world.documents, ADMIN, found.id)

    assert (letter.body, letter.members()) == ('{"user_id": 5}', {"user_id": 5})
