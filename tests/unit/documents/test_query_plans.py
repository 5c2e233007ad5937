"""Does SQLite answer the questions that jobs ask all the time from an index?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from shared.documents import queries
from shared.documents.containers import (
    ALERT_RULES,
    ALERT_STATES,
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
