"""What do `nightshift gates` hold back and let go, and what does `nightshift rescue` wake?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared import clock
from tests.e2e.cli import letters
from tests.e2e.cli.terminal import SAMPLE, Terminal


def gate_of(terminal: Terminal) -> str:
    return f"queue:{letters.queue_of(terminal)}"


def depth(terminal: Terminal) -> int:
    return int(terminal.run("status", "--json").json()["queues"][0]["depth"])


def enqueue(terminal: Terminal, job: str) -> None:
    terminal.run("wardrobe", "import", str(SAMPLE / "wardrobe.csv"))
    asked = terminal.run("enqueue", "taste", "--user", "ada", "--item", "red-heels", "--job-id", job)
    assert asked.code == 0, asked.err


def test_a_closed_gate_is_listed_with_why_by_whom_and_until_when(terminal: Terminal) -> None:
    closed = terminal.run("gates", "close", gate_of(terminal), "--reason", "the model moves", "--for", "30m")

    (gate,) = terminal.run("gates", "list", "--json").json()["items"]
    assert closed.code == 0
    assert (gate["name"], gate["reason"]) == (gate_of(terminal), "the model moves")
    assert gate["by"].startswith("cli:")
    left = clock.parse(gate["due"]) - clock.now()
    assert timedelta(minutes=28) < left <= timedelta(minutes=30)
    assert "the model moves" in terminal.run("gates", "list").out


def test_a_gate_closed_without_end_says_how_it_is_opened(terminal: Terminal) -> None:
    said = terminal.run("gates", "close", gate_of(terminal), "--reason", "deploy")

    assert f"nightshift gates open {gate_of(terminal)}" in said.out
    assert "somebody opens it" in terminal.run("gates", "list").out


def test_an_opened_gate_is_no_longer_listed(terminal: Terminal) -> None:
    terminal.run("gates", "close", gate_of(terminal), "--reason", "deploy")

    said = terminal.run("gates", "open", gate_of(terminal))

    assert said.code == 0
    assert terminal.run("gates", "list", "--json").json()["items"] == []
    assert "Every gate is open" in terminal.run("gates", "list").err


def test_a_gate_that_no_job_has_is_refused_with_those_there_are(terminal: Terminal) -> None:
    said = terminal.run("gates", "close", "queue:nonsense", "--reason", "deploy")

    assert said.code == 2
    assert gate_of(terminal) in said.err


def test_a_length_that_is_none_and_a_missing_reason_are_usage_errors(terminal: Terminal) -> None:
    assert terminal.run("gates", "close", gate_of(terminal), "--reason", "x", "--for", "soon").code == 2
    assert terminal.run("gates", "close", gate_of(terminal), "--reason", "x", "--for", "2100-01-01T00:00:00Z").code == 2
    assert terminal.run("gates", "close", gate_of(terminal)).code == 2


def test_a_gate_that_is_open_is_not_opened(terminal: Terminal) -> None:
    said = terminal.run("gates", "open", gate_of(terminal))

    assert said.code == 1
    assert "isn't closed" in said.err


def test_closing_and_opening_leave_audit_lines(terminal: Terminal) -> None:
    terminal.run("gates", "close", gate_of(terminal), "--reason", "deploy", "--for", "1h")
    terminal.run("gates", "open", gate_of(terminal))

    closed, opened = letters.audit(terminal)
    assert (closed["action"], closed["gate"], closed["why"]) == ("close gate", gate_of(terminal), "deploy")
    assert (opened["action"], opened["gate"]) == ("open gate", gate_of(terminal))


def test_a_closed_gate_holds_a_job_and_once_opened_it_goes_on(terminal: Terminal) -> None:
    terminal.run("gates", "close", gate_of(terminal), "--reason", "deploy", "--for", "30m")
    enqueue(terminal, "held")

    with terminal.host():
        letters.wait_for_log(terminal, f"gate {gate_of(terminal)}")
        while_closed = letters.record(terminal, "held")
        opened = terminal.run("gates", "open", gate_of(terminal))
        letters.wait_for(terminal, "held", "completed")
        remarks = {remark["code"] for remark in terminal.run("status", "--json").json()["verdict"]}

    assert (while_closed.status, while_closed.attempts) == ("queued", 0)
    assert "Woken: 1 job." in opened.out
    assert "host_seen" in remarks


def test_a_gate_closed_for_a_while_lets_its_job_go_on_by_itself_and_is_open_then(terminal: Terminal) -> None:
    enqueue(terminal, "held")
    terminal.run("gates", "close", gate_of(terminal), "--reason", "a minute's peace", "--for", "6s")
    (closed,) = terminal.run("gates", "list", "--json").json()["items"]

    with terminal.host():
        completed = letters.wait_for(terminal, "held", "completed")
        assert clock.parse(completed.timeline[-1]["at"]) >= clock.parse(closed["due"])
        letters.wait_until(terminal, lambda: not terminal.run("gates", "list", "--json").json()["items"])


def test_a_rescue_wakes_an_overdue_job_once_and_a_dry_run_only_names_it(terminal: Terminal) -> None:
    letters.keep(terminal, letters.queued(terminal, "lost"), letters.queued(terminal, "fine"))
    letters.make_overdue(terminal, "lost", timedelta(minutes=90))

    looked = terminal.run("rescue", "--dry-run", "--json").json()["items"]
    sent_by_looking = depth(terminal)
    rescued = terminal.run("rescue")
    again = terminal.run("rescue")

    assert [(job["id"], job["status"], job["generation"]) for job in looked] == [("lost", "queued", 0)]
    assert looked[0]["overdueSeconds"] == pytest.approx(5400, abs=60)
    assert sent_by_looking == 0
    assert "1 woken." in rescued.out
    assert "1 h 30 m" in rescued.out
    assert "No job is overdue." in again.err
    assert depth(terminal) == 1


def test_a_rescue_leaves_jobs_of_a_closed_gate_alone(terminal: Terminal) -> None:
    letters.keep(terminal, letters.queued(terminal, "held"))
    letters.make_overdue(terminal, "held", timedelta(minutes=90))
    terminal.run("gates", "close", gate_of(terminal), "--reason", "deploy")

    assert terminal.run("rescue", "--json").json()["items"] == []


def test_a_job_whose_queue_was_cleared_completes_after_a_rescue(terminal: Terminal) -> None:
    enqueue(terminal, "lost")
    letters.clear_queue(terminal)
    letters.make_overdue(terminal, "lost", timedelta(seconds=1))

    with terminal.host():
        terminal.run("rescue")
        letters.wait_for(terminal, "lost", "completed")
