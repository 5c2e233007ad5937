"""What do `dead-letters discard|purge` and `jobs cancel` end, and what do they leave behind?"""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import timedelta

import pytest

from shared import clock
from shared.errors import Transient
from tests.azurite import PROJECT
from tests.e2e.cli import letters
from tests.e2e.cli.terminal import Terminal
from tests.patience import LIMIT_SECONDS

TIMED_OUT = Transient("The blob service timed out", code="blob_failed", dependency="blob")


def answer(terminal: Terminal, typed: str, *arguments: str) -> tuple[int, str]:
    """Run a command whose stdin is a terminal where somebody types `typed`; return its exit code and stderr."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{typed}\n".encode())
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            stdin=theirs,
            capture_output=True,
            cwd=PROJECT,
            env=terminal.environ,
            timeout=LIMIT_SECONDS,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("verb", ["discard", "purge"])
def test_without_a_terminal_it_takes_yes(terminal: Terminal, verb: str) -> None:
    letters.keep(terminal, letters.dead(terminal, "a"))

    asked = terminal.run("dead-letters", verb, "--all")

    assert asked.code == 2
    assert "1 dead letter (1 blob_missing)" in asked.err
    assert "add --yes" in asked.err
    assert letters.statuses(terminal) == {"a": "dead"}


def test_a_person_is_asked_and_may_say_no(terminal: Terminal) -> None:
    letters.keep(terminal, letters.dead(terminal, "a"))

    code, said = answer(terminal, "n", "dead-letters", "purge", "a")

    assert code == 1
    assert "This can't be undone. [y/N]" in said
    assert letters.statuses(terminal) == {"a": "dead"}


def test_a_person_who_says_yes_has_it_done(terminal: Terminal) -> None:
    letters.keep(terminal, letters.dead(terminal, "a"))

    code, _ = answer(terminal, "y", "dead-letters", "purge", "a")

    assert (code, letters.statuses(terminal)) == (0, {})


def test_a_discarded_letter_is_kept_with_who_ended_it_and_why(terminal: Terminal) -> None:
    letters.keep(terminal, letters.dead(terminal, "a"))

    said = terminal.run("dead-letters", "discard", "a", "--why", "the shop is gone", "--yes")

    assert (said.code, said.out) == (0, "1 discarded.\n"), said.err
    job = terminal.run("jobs", "show", "a", "--json").json()
    last = job["timeline"][-1]
    assert (job["status"], last["what"], last["why"]) == ("discarded", "discarded", "the shop is gone")
    assert last["by"].startswith("cli:")
    assert terminal.run("dead-letters", "list", "--json").json()["items"] == []


def test_a_purge_deletes_dead_and_discarded_ones_and_nothing_else(terminal: Terminal) -> None:
    letters.keep(
        terminal,
        letters.dead(terminal, "dead"),
        letters.dead(terminal, "discarded"),
        letters.dead_body(terminal, "body"),
        letters.queued(terminal, "alive"),
    )
    terminal.run("dead-letters", "discard", "discarded", "--yes")

    said = terminal.run("dead-letters", "purge", "--all", "--yes", "--json")

    assert sorted(said.json()["done"]) == ["body", "dead", "discarded"]
    assert letters.statuses(terminal) == {"alive": "queued"}


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (("--class", "Transient"), {"new", "old"}),
        (("--cause", letters.cause_of(TIMED_OUT)), {"new", "old"}),
        (("--since", "1d"), {"old", "slow"}),
        (("--queue", "mood-jobs"), {"new", "old", "slow"}),
        (("--all", "--limit", "1"), {"old", "slow"}),
        (("--all", "--dry-run"), {"new", "old", "slow"}),
    ],
)
def test_letters_are_chosen_as_for_a_replay(terminal: Terminal, options: tuple[str, ...], left: set[str]) -> None:
    old = clock.now() - timedelta(days=3)
    letters.keep(
        terminal,
        letters.dead(terminal, "new"),
        letters.dead(terminal, "old", failed=old),
        letters.dead(terminal, "slow", error=TIMED_OUT, failed=old),
    )

    terminal.run("dead-letters", "purge", *options, "--yes")

    assert letters.statuses(terminal).keys() == left


def test_every_action_leaves_an_audit_line_without_the_payload(terminal: Terminal) -> None:
    names = ("replayed", "discarded", "purged")
    letters.keep(terminal, *(letters.dead(terminal, name) for name in names), letters.queued(terminal, "cancelled"))

    terminal.run("init")
    terminal.run("dead-letters", "replay", "replayed")
    terminal.run("dead-letters", "discard", "discarded", "--why", "closed", "--yes")
    terminal.run("dead-letters", "purge", "purged", "--yes")
    terminal.run("jobs", "cancel", "cancelled", "--yes")

    lines = letters.audit(terminal)
    assert [(line["action"], line["job"]) for line in lines] == [
        ("replay", "replayed"),
        ("discard", "discarded"),
        ("purge", "purged"),
        ("cancel", "cancelled"),
    ]
    assert all(line["by"].startswith("cli:") and line["scope"] == "ada" for line in lines)
    assert lines[0]["cause"] == letters.cause_of(letters.MISSING)
    assert letters.SECRET not in json.dumps(lines)


def test_a_cancelled_job_is_not_done_when_a_host_comes(terminal: Terminal) -> None:
    picture = ("--image", "http://127.0.0.1/x.png")
    terminal.run("enqueue", "taste", "--user", "ada", "--item", "x", *picture, "--job-id", "unwanted")

    said = terminal.run("jobs", "cancel", "unwanted", "--why", "by mistake", "--yes")
    with terminal.host():
        terminal.run("enqueue", "taste", "--raw", "-", stdin="no JSON")
        letters.wait_for_any(terminal, "dead")
        letters.wait_until_empty(terminal)

    job = letters.record(terminal, "unwanted")
    assert (said.code, said.out) == (0, "cancelled  job unwanted\n")
    assert [event["what"] for event in job.timeline] == ["queued", "cancelled"]


def test_a_cancel_without_a_terminal_takes_yes(terminal: Terminal) -> None:
    letters.keep(terminal, letters.queued(terminal, "a"))

    said = terminal.run("jobs", "cancel", "a")

    assert said.code == 2
    assert "Cancel taste job a (queued)?" in said.err
    assert letters.statuses(terminal) == {"a": "queued"}


def test_an_ended_job_is_not_cancelled(terminal: Terminal) -> None:
    letters.keep(terminal, letters.dead(terminal, "a"))

    said = terminal.run("jobs", "cancel", "a", "--yes")

    assert said.code == 2
    assert "has ended already (dead)" in said.err
