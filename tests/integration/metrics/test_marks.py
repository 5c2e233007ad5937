"""How are marks written when many events touch the same one at once?"""

from __future__ import annotations

import asyncio
import gc
import weakref
from datetime import timedelta

import pytest

from shared import clock
from shared.documents.containers import ROLLUP_WORK
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Unavailable
from shared.rollups import marks
from shared.rollups.marks import Mark
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.stores import ProcessDocuments
from tests.integration.metrics.worlds import World

MARK = marks.leaf("acme", "llm", clock.parse("2026-11-23T08:05:00Z"), 7)
OTHER = marks.leaf("globex", "llm", clock.parse("2026-11-23T08:05:00Z"), 7)


class SlowDocuments(ProcessDocuments):
    """A store whose operations take a turn of the loop, and wait for `open` while that is cleared."""

    def __init__(self, inner: object) -> None:
        super().__init__(inner)
        self.open, self.asked = asyncio.Event(), asyncio.Event()
        self.open.set()

        async def turn(name: str) -> None:
            self.asked.set()
            await asyncio.sleep(0)
            await self.open.wait()

        self.turn = turn


@pytest.fixture
async def store(time: MovingClock) -> SlowDocuments:
    """A store that takes its time."""
    return SlowDocuments(SqliteDocuments(":memory:"))


async def standing(documents: ProcessDocuments, mark: Mark = MARK) -> marks.Standing:
    """Return the mark, which must be there."""
    found = await marks.get(documents, mark)
    assert found is not None
    return found


async def being_written(documents: SlowDocuments) -> asyncio.Task[None]:
    """Return a task that writes the mark: the store was asked, and doesn't answer while it isn't open."""
    documents.open.clear()
    documents.asked.clear()
    task = asyncio.create_task(marks.put(documents, [MARK]))
    await documents.asked.wait()
    return task


async def test_many_at_once_on_a_mark_share_its_writing(store: SlowDocuments) -> None:
    await asyncio.gather(*(marks.put(store, [MARK]) for _ in range(100)))

    assert [name for name in store.log if name.startswith(("create", "replace"))] == ["create rollupWork"]


async def test_whoever_comes_while_a_mark_is_written_waits_for_a_writing_of_his_own(store: SlowDocuments) -> None:
    await marks.put(store, [MARK])
    first = await standing(store)
    store.log.clear()
    early = await being_written(store)
    late = [asyncio.create_task(marks.put(store, [MARK])) for _ in range(50)]
    await asyncio.sleep(0)
    store.open.set()
    await asyncio.gather(early, *late)

    assert store.log == ["replace rollupWork"] * 2
    assert (await standing(store)).etag != first.etag


async def test_each_writing_gives_a_new_etag_without_a_look(store: SlowDocuments) -> None:
    await marks.put(store, [MARK])
    before = await standing(store)
    store.log.clear()
    await marks.put(store, [MARK])

    assert store.log == ["replace rollupWork"]
    assert (await standing(store)).etag != before.etag


async def test_a_mark_that_another_process_has_put_or_deleted_meanwhile_is_put_all_the_same(
    store: SlowDocuments,
) -> None:
    other = SlowDocuments(store.inner)
    await marks.put(store, [MARK])
    await marks.put(other, [MARK])
    before = await standing(store)
    await marks.put(store, [MARK])
    after = await standing(store)
    await store.delete(ROLLUP_WORK, MARK.partition, MARK.id, after.etag)
    await marks.put(other, [MARK])

    assert before.etag != after.etag
    assert (await standing(store)).etag != after.etag


async def test_a_failing_write_is_told_to_all_who_wait(store: SlowDocuments) -> None:
    store.fail("create rollupWork", times=1)
    results = await asyncio.gather(*(marks.put(store, [MARK]) for _ in range(20)), return_exceptions=True)

    assert [type(result) for result in results] == [Unavailable] * 20
    await marks.put(store, [MARK])
    await standing(store)


async def test_a_failing_write_does_not_fail_the_next(store: SlowDocuments) -> None:
    store.fail("get rollupWork", times=1)
    early = await being_written(store)
    late = asyncio.create_task(marks.put(store, [MARK]))
    await asyncio.sleep(0)
    store.open.set()
    with pytest.raises(Unavailable):
        await early
    await late

    await standing(store)


async def test_whoever_stops_waiting_does_not_stop_the_writing_for_the_others(store: SlowDocuments) -> None:
    store.open.clear()
    impatient, patient = (asyncio.create_task(marks.put(store, [MARK])) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    store.open.set()
    await patient

    assert impatient.cancelled()
    await standing(store)


async def test_one_mark_that_fails_is_told_though_others_are_written(store: SlowDocuments) -> None:
    store.fail(f"create rollupWork {OTHER.id}", times=1)
    with pytest.raises(Unavailable):
        await marks.put(store, [MARK, OTHER])
    await asyncio.sleep(0.01)

    await standing(store)


async def test_a_mark_says_since_when_the_first_came_in_whoever_writes_it(
    store: SlowDocuments, time: MovingClock
) -> None:
    received = [time.now - timedelta(minutes=minutes) for minutes in (3, 9, 5)]
    await asyncio.gather(*(marks.put(store, [MARK], at) for at in received))
    assert (await standing(store)).since == received[1]
    await marks.put(store, [MARK], time.now - timedelta(hours=1))
    await marks.put(SlowDocuments(store.inner), [MARK])

    assert (await standing(store)).since == time.now - timedelta(hours=1)


async def test_without_another_word_a_mark_is_dirty_since_now(store: SlowDocuments, time: MovingClock) -> None:
    await marks.put(store, [MARK])

    assert (await standing(store)).since == time.now


async def test_a_mark_that_was_deleted_begins_anew(store: SlowDocuments, time: MovingClock) -> None:
    await marks.put(store, [MARK])
    found = await standing(store)
    await store.delete(ROLLUP_WORK, MARK.partition, MARK.id, found.etag)
    time.advance(60)
    await marks.put(store, [MARK])

    assert (await standing(store)).since == time.now


async def test_marks_keep_no_store_alive(time: MovingClock) -> None:
    documents = SqliteDocuments(":memory:")
    await marks.put(documents, [MARK])
    gone = weakref.ref(documents)
    del documents
    gc.collect()

    assert gone() is None


async def test_more_marks_than_are_remembered_are_put_again(of: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "REMEMBERED_AT_MOST", 3)
    many = [marks.leaf("acme", "llm", clock.parse("2026-11-23T08:05:00Z"), part) for part in range(16)]
    for _ in range(3):
        await marks.put(of.documents, many)

    assert len(await of.marks()) == 16
