"""Does SQLite answer the questions that jobs ask all the time from an index?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from shared.documents import queries
from shared.documents.containers import (
    ALERT_EVENTS,
    ALERT_RULES,
    ALERT_STATES,
    ALERT_TASKS,
    CALLS,
    JOBS,
    RUNS,
    TASTE_EVIDENCE,
    USERS,
    WARDROBE,
)
from shared.documents.queries import Place, Selection

BEHIND = Place("2026-11-23T09:00:00.000Z", "job-1", "ada")


def plan_of(selection: Selection, after: Place | None) -> str:
    """How SQLite would read a page."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for text in queries.statements(selection.container).schema:
            connection.execute(text)
        text, parameters = queries.page(selection, after, 0.0, 10)
        return "; ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters))


@pytest.mark.parametrize("after", [None, BEHIND], ids=["first page", "next page"])
@pytest.mark.parametrize(
    ("selection", "index"),
    [
        (Selection(JOBS, where=(("status", "=", "dead"),)), "jobs.status"),
        (Selection(JOBS, where=(("rescueAt", "<=", "2027"),), order_by="rescueAt"), "jobs.rescueAt"),
        (Selection(JOBS, where=(("unfinishedSince", ">", ""),), order_by="unfinishedSince"), "jobs.unfinishedSince"),
        (Selection(RUNS, partition="digest", order_by="-slotAt"), "runs.partition.slotAt"),
        (Selection(ALERT_RULES, where=(("nextDueAt", "<=", "2027"),), order_by="nextDueAt"), "alertRules.nextDueAt"),
        (Selection(ALERT_RULES, where=(("leaving", "=", True),)), "alertRules.leaving"),
        (Selection(ALERT_STATES, where=(("unsent", "=", True),)), "alertStates.unsent"),
        (
            Selection(ALERT_STATES, partition="acme", where=(("state.firedAt", "exists", True),), order_by="rule"),
            "alertStates.state.firedAt.present (partition=?",
        ),
        (
            Selection(ALERT_STATES, partition="acme", where=(("rule", "in", ["a", "b"]),)),
            "alertStates.partition.rule (partition=? AND <expr>=?",
        ),
        (
            Selection(ALERT_RULES, partition="acme", where=(("id", "in", ["a", "b"]),)),
            "sqlite_autoindex_alertRules_1 (partition=? AND id",
        ),
        (
            Selection(ALERT_EVENTS, partition="acme", where=(("at", ">=", "2026"),), order_by="-at"),
            "alertEvents.partition.at (partition=? AND <expr>",
        ),
        (
            Selection(ALERT_TASKS, partition="acme", where=(("state", "in", ["open"]),), order_by="-firedAt"),
            "alertTasks.partition.firedAt",
        ),
        (Selection(CALLS, where=(("initiatedAt", "exists", False),)), "calls.initiatedAt"),
        (Selection(TASTE_EVIDENCE, partition="ada"), "sqlite_autoindex_tasteEvidence_1 (partition=?"),
        (Selection(WARDROBE, partition="ada", order_by="-title"), "sqlite_autoindex_wardrobe_1"),
        (Selection(TASTE_EVIDENCE, partition="ada", order_by="-order"), "tasteEvidence.partition.order"),
        (Selection(USERS, partition="3f", where=(("key", ">", "3f00"),), order_by="key"), "users.partition.key"),
    ],
    ids=[
        "by status",
        "to rescue",
        "unfinished longest",
        "newest of a run",
        "rules that are due",
        "rules that are leaving",
        "unsent alerts",
        "alerts that fire",
        "alerts of some rules",
        "some rules",
        "what alerts told",
        "tasks, newest first",
        "undated",
        "of one user",
        "of one user, sorted",
        "of one user, newest first",
        "users",
    ],
)
def test_a_page_is_searched_in_an_index(selection: Selection, index: str, after: Place | None) -> None:
    plan = plan_of(selection, after)

    assert plan.startswith("SEARCH")
    assert index in plan


def test_paging_through_a_container_starts_where_the_last_page_ended() -> None:
    assert "(partition,id)>(?,?)" in plan_of(Selection(JOBS), BEHIND)


def test_paging_through_a_partition_starts_where_the_last_page_ended() -> None:
    assert "(partition=? AND id>?)" in plan_of(Selection(JOBS, partition="ada"), BEHIND)


def test_an_order_that_an_index_has_needs_no_sort() -> None:
    assert "TEMP B-TREE" not in plan_of(Selection(JOBS, order_by="-rescueAt"), BEHIND)
    due = Selection(ALERT_RULES, where=(("nextDueAt", "<=", "2027"),), order_by="nextDueAt")
    assert "TEMP B-TREE" not in plan_of(due, BEHIND)
    assert "TEMP B-TREE" not in plan_of(Selection(TASTE_EVIDENCE, partition="ada", order_by="-order"), BEHIND)
    dead = Selection(JOBS, where=(("status", "=", "dead"),), order_by="-lastFailedAt")
    assert "TEMP B-TREE" not in plan_of(dead, BEHIND)
    fires = Selection(ALERT_STATES, partition="acme", where=(("state.firedAt", "exists", True),), order_by="rule")
    assert "TEMP B-TREE" not in plan_of(fires, BEHIND)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(JOBS, where=(("status", "=", "dead"),)),
        Selection(JOBS, where=(("status", "=", "dead"), ("raw", "exists", False))),
        Selection(ALERT_STATES, partition="acme", where=(("state.firedAt", "exists", True),)),
        Selection(ALERT_TASKS, partition="acme", where=(("state", "in", ["open", "acknowledged"]),)),
    ],
    ids=["jobs in a state", "of those no message", "alerts that fire", "tasks"],
)
def test_what_is_counted_often_is_counted_without_a_body(selection: Selection) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for text in queries.statements(selection.container).schema:
            connection.execute(text)
        text, parameters = queries.count(selection, 0.0)
        opcodes = [row[1:4] for row in connection.execute(f"EXPLAIN {text}", parameters)]
    tables = [cursor for name, cursor, root in opcodes if name == "OpenRead" and root == 2]
    assert not [
        cursor for name, cursor, _ in opcodes if name in ("Column", "Seek", "DeferredSeek") and cursor in tables
    ]
