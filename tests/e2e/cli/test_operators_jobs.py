"""What does asking again answer in each state of a job, and what does its timeline tell?"""

from __future__ import annotations

import pytest

from processors.catalogue import housekeeping
from shared.config import Settings
from shared.jobs import transitions
from shared.jobs.record import Record
from tests.e2e.cli import letters
from tests.e2e.cli.terminal import Terminal


def completed(record: Record) -> Record:
    return transitions.completed(record)


def dead(record: Record) -> Record:
    return transitions.dead(record, transitions.reason_of("taste", letters.MISSING))


def cancelled(record: Record) -> Record:
    return transitions.ended_by(record, "cancelled", by="ops", why=None)


@pytest.mark.parametrize(
    ("now_it_is", "answer", "status", "generation"),
    [
        (None, "duplicate", "queued", 0),
        (completed, "duplicate", "completed", 0),
        (dead, "accepted", "queued", 2),
        (cancelled, "accepted", "queued", 2),
    ],
)
def test_asking_again_answers_with_the_state_of_the_job(
    terminal: Terminal, now_it_is: object, answer: str, status: str, generation: int
) -> None:
    record = letters.queued(terminal, "a")
    letters.keep(terminal, now_it_is(record) if callable(now_it_is) else record)

    asked = terminal.run(
        *("enqueue", "taste", "--user", "ada", "--item", "a", "--image", "http://127.0.0.1/picture.png"),
        *("--job-id", "a", "--json"),
    )

    (item,) = asked.json()["items"]
    assert (item["answer"], item["status"], item["generation"]) == (answer, status, generation)


def test_the_timeline_tells_each_attempt_with_its_class_message_and_wait(terminal: Terminal) -> None:
    picture = "http://127.0.0.1:1/devstoreaccount1/wardrobe-images/ada/hat.png"
    blob_service = "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;"
    storage = ";".join(
        part for part in terminal.environ["AzureWebJobsStorage"].split(";") if not part.startswith("BlobEndpoint")
    )
    terminal.run("enqueue", "taste", "--user", "ada", "--item", "hat", "--image", picture, "--job-id", "slow")

    terminal.environ["AzureWebJobsStorage"] = f"{storage}{blob_service}"
    terminal.environ["CALL_MAX_BACKOFF_SECONDS"] = "0"
    for timer in housekeeping(Settings()):  # their locks are blobs, so a host that has timers isn't ready without them
        terminal.environ[f"AzureWebJobs.{timer.name}.Disabled"] = "true"
    with terminal.host():
        letters.wait_for(terminal, "slow", "waiting")

    failed = terminal.run("jobs", "show", "slow", "--json").json()["timeline"][-1]
    assert (failed["what"], failed["attempt"], failed["class"]) == ("attempt failed", 1, "Transient")
    assert "can't be reached" in failed["message"]
    assert 4 <= failed["wait_s"] <= 6
    assert "attempt failed" in terminal.run("jobs", "show", "slow").out


def test_dead_letters_by_cause_counts_each_with_its_newest(terminal: Terminal) -> None:
    letters.keep(terminal, letters.dead(terminal, "a"), letters.dead(terminal, "b"), letters.dead_body(terminal, "c"))

    shown = terminal.run("dead-letters", "list", "--by-cause").out

    (first, second) = [line.split() for line in shown.splitlines() if line.lstrip()[:1].isdigit()]
    assert (first[0], first[1], first[2]) == ("2", letters.cause_of(letters.MISSING), "blob_missing")
    assert second[0] == "1"


def test_a_place_is_shown_with_what_stands_there(terminal: Terminal) -> None:
    letters.keep(terminal, letters.dead_body(terminal, "broken"))

    shown = terminal.run("dead-letters", "show", "broken").out

    (line,) = [line.split() for line in shown.splitlines() if line.split()[:1] == ["item_id"]]
    assert line == ["item_id", "5", "no", "string"]
    assert "--edit" in shown
