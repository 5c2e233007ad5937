"""What does the verdict say first, and what does it leave out?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from operations.dead_letters import Cause
from operations.gates import ClosedGate
from operations.verdict import CAUSES_TOLD, OpenLetters, QueueDepth, Remark, Seen, verdict
from shared.errors import NotFound, Unavailable
from shared.jobs.worker_heartbeats import HostSeen
from tests.unit.jobs.build import NOW, later

SILENT = Unavailable("The queue service can't be reached: no answer", code="unavailable", dependency="queue")
MISSING = NotFound("There is no queue 'b'.", code="queue_missing")
WELL = Seen(
    queues=(QueueDepth("a", 0, None), QueueDepth("b", 2, None)),
    clocks={"here": None, "workers": []},
    host=HostSeen(later(-3), 2),
    gates=(),
    overdue=0,
    letters=OpenLetters(0, None, 0, 0, ()),
    beats={"RescueJobs": {"lastSuccess": "2026-11-23T08:59:45.100Z", "lastError": {"at": "2026-11-22T09:00:00.000Z"}}},
    now=NOW,
)
CLOSED = ClosedGate("queue:a", later(-600), later(90), "moving", "cli:ada", 12, 1)


def cause(n: int, count: int) -> Cause:
    """Return a cause that so many letters died of."""
    example = {"id": f"job-{n}", "scope": "ada", "message": f"It broke at {n}"}
    return Cause(f"c{n}", count, f"code_{n}", "Permanent", ("a",), "", "", example)


def letters(open_: int, *causes: Cause) -> OpenLetters:
    """Return open dead letters of these causes."""
    return OpenLetters(open_, "2026-11-23T08:00:00.000Z", open_, 0, causes)


def said(**changes: Any) -> list[tuple[str, str]]:
    """Return the level and message of each remark on a world that is well but for `changes`."""
    return [(remark.level, remark.message) for remark in verdict(replace(WELL, **changes))]


def test_where_all_is_well_only_the_host_is_told_of() -> None:
    assert verdict(WELL) == (Remark("ok", "host_seen", "A host was seen 3 s ago, 2 worker processes."),)


@pytest.mark.parametrize(
    ("host", "text"),
    [
        (HostSeen(later(-41), 0), "No host seen for 41 s: nothing runs."),
        (HostSeen(None, 0), "No host has been seen yet: nothing runs."),
    ],
)
def test_a_host_that_is_not_there_is_wrong(host: HostSeen, text: str) -> None:
    assert said(host=host) == [("wrong", text)]


def test_what_a_gate_holds_is_counted_with_until_when_and_why() -> None:
    assert said(gates=(CLOSED,))[0] == (
        "warning",
        "Gate queue:a holds back 12 jobs and 1 message without a job yet until 2026-11-23T09:01:30.000Z: moving "
        "(by cli:ada).",
    )


@pytest.mark.parametrize(
    ("due", "until"),
    [(None, "until somebody opens it"), (later(-1), "until the next job has tried it")],
    ids=["closed without end", "due"],
)
def test_a_gate_that_nothing_waits_for_says_so(due: Any, until: str) -> None:
    (_, text), _ = said(gates=(replace(CLOSED, due=due, jobs=0, messages=0),))

    assert text == f"Gate queue:a is closed, with nothing waiting, {until}: moving (by cli:ada)."


def test_a_storage_that_does_not_answer_is_said_once_and_first() -> None:
    silent = [QueueDepth(name, None, SILENT) for name in "abc"]

    assert said(queues=silent, host=HostSeen(None, 0), gates=(CLOSED,))[:2] == [
        ("wrong", f"The queues can't be asked: {SILENT}"),
        ("wrong", "No host has been seen yet: nothing runs."),
    ]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "Queue a is missing."),
        (2, "Queue a and 1 other are missing."),
        (3, "Queue a and 2 others are missing."),
    ],
)
def test_missing_queues_are_counted(count: int, text: str) -> None:
    assert said(queues=[QueueDepth(name, None, MISSING) for name in "abc"[:count]])[0] == ("wrong", text)


def test_a_clock_that_is_off_stands_before_the_host_that_it_silences() -> None:
    clocks = {"here": {"machine": "laptop", "off": False}, "workers": [{"machine": "pod", "aheadSeconds": 3600.0}]}

    first, second = said(clocks=clocks, host=HostSeen(None, 0))

    assert first == ("wrong", "The clock of pod is off by +3600 s: it takes no work.")
    assert second == ("wrong", "No host has been seen yet: nothing runs.")


def test_dead_letters_are_told_by_cause_and_the_rest_is_counted() -> None:
    causes = [cause(n, 9 - n) for n in range(CAUSES_TOLD + 2)]

    found = verdict(replace(WELL, letters=letters(35, *causes)))

    assert [(remark.message, dict(remark.fields)) for remark in found[:CAUSES_TOLD]] == [
        (f"{9 - n} dead letters of code_{n}: It broke at {n}", {"cause": f"c{n}"}) for n in range(CAUSES_TOLD)
    ]
    assert found[CAUSES_TOLD].message == "11 more dead letters of other causes."


def test_causes_of_some_letters_are_told_as_such() -> None:
    found = verdict(replace(WELL, letters=letters(5000, cause(0, 200), cause(1, 100))))

    assert [remark.message for remark in found[:3]] == [
        "200 of the last 300 dead letters died of code_0: It broke at 0",
        "100 of the last 300 dead letters died of code_1: It broke at 1",
        "4700 more dead letters of these or other causes.",
    ]


@pytest.mark.parametrize(
    ("overdue", "text"),
    [
        (1, "1 job is overdue, its message or its worker gone: RescueJobs wakes it."),
        (6, "6 jobs are overdue, their messages or workers gone: RescueJobs wakes them."),
    ],
)
def test_overdue_jobs_are_counted(overdue: int, text: str) -> None:
    assert said(overdue=overdue)[0] == ("warning", text)


def test_a_timer_that_failed_last_is_told_of() -> None:
    error = {"at": "2026-11-23T08:59:50.000Z", "code": "timeout", "message": "no answer"}
    beats = {"RescueJobs": {"lastSuccess": "2026-11-23T08:58:45.000Z", "lastError": error}}

    assert said(beats=beats)[0] == ("warning", "RescueJobs failed last: timeout: no answer")


def test_what_is_wrong_comes_before_what_is_worth_a_look_and_what_is_well_comes_last() -> None:
    found = verdict(replace(WELL, gates=(CLOSED,), queues=[QueueDepth("a", None, MISSING)]))

    assert [remark.level for remark in found] == ["wrong", "warning", "ok"]
