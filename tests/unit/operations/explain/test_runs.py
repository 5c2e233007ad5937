"""Where is a run, and when does it go on? Each state that a run can be in is a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

from operations.answers import members
from operations.answers import read as read_as
from operations.explain import runs
from operations.explain.jobs import JobFacts
from operations.explain.runs import RunFacts
from operations.explain.timer_trouble import Beat
from operations.runs import Run
from shared import clock
from shared.jobs import transitions
from shared.jobs.record import Record
from shared.jobs.runs.definition import CatchUp, Page, RunDefinition
from shared.jobs.runs.slots import Slot
from shared.jobs.worker_heartbeats import HostSeen
from shared.schedules import Schedule
from tests.unit.jobs.build import later, record
from tests.unit.operations.explain.build import AWAY, BY_HAND, GONE, HERE, around, at, beat, names, queued, told

FIVE_MINUTES = timedelta(minutes=5)
NEXT = "the next slot, 2026-11-24, is at 24 Nov 07:00"


async def _nothing(*_: Any) -> Any:
    return Page()


def definition(catch_up: CatchUp = "last") -> RunDefinition:
    """Return a run of each day at 07:00."""
    return RunDefinition(
        "count", "CountThings", Schedule("0 0 7 * * *"), "day", _nothing, None, _nothing, catch_up=catch_up
    )


ASKED_FOR = RunDefinition(
    "count", None, None, "day", _nothing, None, _nothing, read_slot=lambda text: Slot(text, later(0))
)


def slot(seconds: float) -> Slot:
    """Return the slot whose instant is so many seconds from now."""
    return Slot(later(seconds).date().isoformat(), later(seconds))


class Unopened(NamedTuple):
    """A slot that no run was opened for, and what is told of it."""

    name: str
    code: str
    text: str
    seconds: float | None = None
    slot: Slot | None = slot(-7200)
    definition: RunDefinition = definition()
    active_since: datetime | None = later(-90_000)
    settled: datetime | None = None
    host: HostSeen = HERE
    catch_up: Beat = beat("CatchUpRuns", FIVE_MINUTES)


DUE = "was due at 07:00:00, and its timer CountThings didn't fire"
UNOPENED = [
    Unopened(
        "a name of which no run was opened",
        "not_yet",
        "hasn't run yet; its timer CountThings opens slot 2026-11-24 at 24 Nov 07:00",
        79_200,
        None,
    ),
    Unopened(
        "not due yet",
        "not_due",
        "isn't due yet; its timer CountThings opens slot 2026-11-24 at 24 Nov 07:00",
        79_200,
        slot(79_200),
    ),
    Unopened(
        "due just now",
        "late",
        "is due since 08:59:00: its timer CountThings may fire some seconds late; after that, CatchUpRuns runs it, "
        "unless a later slot was missed too",
        60,
        slot(-60),
    ),
    Unopened(
        "its timer didn't fire",
        "timer_silent",
        f"{DUE}; within five minutes, CatchUpRuns runs it, unless a later slot was missed too; {NEXT}",
    ),
    Unopened(
        "its timer didn't fire, and one run stands for all",
        "timer_silent",
        f"{DUE}; within five minutes, CatchUpRuns lets one run stand for all slots that were missed; {NEXT}",
        definition=definition("once"),
    ),
    Unopened(
        "its timer didn't fire, and nobody catches up",
        "timer_silent",
        f"{DUE}; within five minutes, CatchUpRuns records it as missed: slots of this run aren't caught up; {NEXT}",
        definition=definition("none"),
    ),
    Unopened(
        "its timer didn't fire, nor does CatchUpRuns",
        "timer_silent",
        f"{DUE}; nobody catches it up, as CatchUpRuns has never fired; {NEXT}",
        catch_up=Beat("CatchUpRuns", FIVE_MINUTES, None),
    ),
    Unopened(
        "no host is there",
        "no_host",
        f"{DUE}: no host seen for 50 s; once a host is there, CatchUpRuns runs it, unless a later slot was missed too; "
        f"{NEXT}",
        host=AWAY,
    ),
    Unopened(
        "no host is there when it is due",
        "no_host",
        "was due at 08:59:00, and its timer CountThings didn't fire: no host seen for 50 s; once a host is there, "
        f"CatchUpRuns runs it, unless a later slot was missed too; {NEXT}",
        slot=slot(-60),
        host=AWAY,
    ),
    Unopened(
        "its schedule was never seen",
        "before_active",
        f"was due at 07:00:00, before CatchUpRuns knew its schedule; it is run by hand only; {NEXT}",
        active_since=None,
    ),
    Unopened(
        "it is older than its schedule",
        "before_active",
        f"was due at 07:00:00, before CatchUpRuns knew its schedule (since 08:00:00); it is run by hand only; {NEXT}",
        active_since=later(-3600),
    ),
    Unopened(
        "the ledger has forgotten it",
        "forgotten",
        f"was due at 07:00:00, and the ledger has forgotten what became of it; {NEXT}",
        settled=later(-60),
    ),
    Unopened(
        "a run without a schedule",
        "unasked",
        "has no schedule: it runs when it is asked for, and it hasn't been asked for",
        definition=ASKED_FOR,
    ),
]


@pytest.mark.parametrize("row", UNOPENED, ids=names(UNOPENED))
def test_a_slot_that_was_not_opened_is_explained(row: Unopened) -> None:
    facts = RunFacts(
        "count",
        None,
        row.definition,
        row.slot,
        around(host=row.host),
        row.catch_up,
        active_since=row.active_since,
        settled=row.settled,
    )

    answer = runs.answer_of(facts)

    assert told(answer) == (row.code, row.text, row.seconds)
    assert (answer.what, answer.state) == ("run", "not opened")


def run(status: str, **changes: Any) -> Run:
    """Return the run of this morning in a state, opened at 07:00."""
    body = {
        "id": "count|2026-11-23",
        "name": "count",
        "slot": "2026-11-23",
        "slotAt": clock.to_text(later(-7200)),
        "status": status,
        "phase": status,
        "trigger": "timer",
        "by": "CountThings",
        "openedAt": clock.to_text(later(-7200)),
        **changes,
    }
    assert changes.keys() <= {*members(Run)}
    return read_as(Run, body)


def of_shards(**shards: int) -> Mapping[str, Any]:
    """Return the members of a run that waits for its shards."""
    return {"runningAt": clock.to_text(later(-3600)), "shards": shards}


ENDED = {"endedAt": clock.to_text(later(-600))}
STEP = at(-2, transitions.continued, record("running"), timedelta(seconds=5))
CANCELLED = at(-600, transitions.ended_by, record("queued"), "cancelled", by="cli:ada", why="a mistake")


class Row(NamedTuple):
    """A run, its job and its open shards, and what is told of it."""

    name: str
    run: Run
    code: str
    text: str
    seconds: float | None = None
    job: Record | None = STEP
    shards: tuple[Record, ...] = ()
    gates: tuple[Any, ...] = ()
    host: HostSeen = HERE


ROWS = [
    Row(
        "asked for, and nobody has begun it",
        run("queued", phase=None),
        "turn",
        "is asked for since 07:00:00 by CountThings, and no worker has begun it; its job is queued since 08:58:00 and "
        "waits for its turn",
        job=queued(),
    ),
    Row(
        "planned",
        run("planning", planningAt=clock.to_text(later(-60)), planned=2000),
        "run_waits",
        "is planned since 08:59:00, 2000 shards so far; it looks again at 09:00:03",
        3,
    ),
    Row(
        "it waits for shards",
        run("running", **of_shards(completed=5, waiting=2, running=1)),
        "run_waits",
        "waits since 08:00:00 for 3 of 8 shards (1 running, 2 waiting); 2 of those looked at: gate queue:errand-jobs "
        "is closed until somebody opens it, by ops: down for repair; 1 of those looked at: a worker has it, attempt 1 "
        "of 5; it looks again at 09:00:03",
        3,
        shards=(queued(), queued(), record("running")),
        gates=(replace(BY_HAND),),
    ),
    Row(
        "its shards have ended",
        run("fan-in", **of_shards(completed=7, dead=1)),
        "run_waits",
        "has no open shard any more (8 have ended): it adds up what they did; it looks again at 09:00:03",
        3,
    ),
    Row(
        "nobody takes its next step",
        run("planning"),
        "no_host",
        "is about to be planned; its job waits since 08:58:00, and nobody takes work: no host seen for 50 s",
        job=queued(),
        host=AWAY,
    ),
    Row(
        "its job is gone",
        run("planning"),
        "job_gone",
        "is about to be planned; its job is gone: CatchUpRuns records it as failed within five minutes",
        job=None,
    ),
    Row(
        "its job died, which the ledger doesn't say yet",
        run("planning"),
        "job_ended",
        "is about to be planned; its job is dead of item_gone: it is gone: CatchUpRuns writes that into the ledger "
        "within five minutes",
        job=at(-5, transitions.dead, record("running"), GONE),
    ),
    Row(
        "completed",
        run("completed", **ENDED, shards={"completed": 8}, counters={"counted": 5, "none": 0}),
        "completed",
        f"ended at 08:50:00: completed; 5 counted; {NEXT}",
    ),
    Row(
        "completed but for some shards",
        run("completed_with_failures", **ENDED, shards={"completed": 6, "dead": 1, "cancelled": 1}),
        "run_failures",
        f"ended at 08:50:00: completed_with_failures; 2 of 8 shards failed; {NEXT}",
    ),
    Row(
        "completed, and its fan-in counted failures",
        run("completed_with_failures", **ENDED, shards={"completed": 6}, counters={"failed": 2}),
        "completed_with_failures",
        f"ended at 08:50:00: completed_with_failures; 2 failed; {NEXT}",
    ),
    Row(
        "failed",
        run("failed", **ENDED, phase="fan-in", error={"class": "Permanent", "code": "planning", "message": "no plan"}),
        "run_failed",
        "failed at 08:50:00: planning: no plan; its job is a dead letter: replayed, it goes on with its phase, fan-in; "
        + NEXT,
    ),
    Row(
        "cancelled",
        run("cancelled", **ENDED),
        "cancelled",
        f"was cancelled at 08:50:00 by cli:ada: a mistake; {NEXT}",
        job=CANCELLED,
    ),
    Row(
        "missed",
        run("missed"),
        "missed",
        f"wasn't run: its timer didn't fire at 07:00:00; no run stands for it; {NEXT}",
        job=None,
    ),
    Row(
        "missed, and another stands for it",
        run("missed", coveredBy="count|2026-11-24"),
        "covered",
        f"wasn't run: its timer didn't fire at 07:00:00; run count|2026-11-24 stands for it; {NEXT}",
        job=None,
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=names(ROWS))
def test_a_run_is_explained(row: Row) -> None:
    surroundings = around(*row.gates, host=row.host)
    job = JobFacts(row.job, around(host=row.host), beat()) if row.job is not None else None
    facts = RunFacts(
        "count",
        row.run,
        definition(),
        None,
        surroundings,
        beat("CatchUpRuns", FIVE_MINUTES),
        job=job,
        open_shards=row.shards,
    )

    answer = runs.answer_of(facts)

    assert told(answer) == (row.code, row.text, row.seconds)
    assert (answer.id, answer.state) == (row.run.id, row.run.status)


def test_a_run_of_another_version_of_the_app_says_nothing_of_slots() -> None:
    facts = RunFacts("count", run("missed"), None, None, around(), beat())

    assert runs.answer_of(facts).sentences == (
        "wasn't run: its timer didn't fire at 07:00:00",
        "no run stands for it",
    )


def test_a_remedy_can_name_the_run_and_its_slot() -> None:
    facts = RunFacts("count", run("failed", **ENDED), definition(), None, around(), beat())

    assert dict(runs.answer_of(facts).fields) == {
        "id": "count|2026-11-23",
        "name": "count",
        "slot": "2026-11-23",
        "gate": "",
    }
