"""What do the reading commands show of a terminal with a past?"""

from __future__ import annotations

import json
import signal

from tests.e2e.cli.conftest import BROKEN_BODY
from tests.e2e.cli.terminal import Terminal
from tests.patience import LIMIT_SECONDS


def broken_letter(terminal: Terminal) -> str:
    found = terminal.run("dead-letters", "list", "--class", "BadMessage", "--json").json()["items"]
    return str(found[0]["id"])


def test_jobs_list_as_json_has_the_members_of_every_job(lived_in: Terminal) -> None:
    listed = lived_in.run("jobs", "list", "--json").json()

    assert listed["next"] is None
    assert [(job["scope"], job["status"]) for job in sorted(listed["items"], key=lambda job: job["createdAt"])].count(
        ("ada", "completed")
    ) == 2
    assert {frozenset(job) for job in listed["items"]} == {
        frozenset(
            (
                *(
                    "id",
                    "scope",
                    "kind",
                    "queue",
                    "status",
                    "generation",
                    "attempts",
                    "crashes",
                    "createdAt",
                    "updatedAt",
                ),
                *("due", "endedAt", "firstFailedAt", "lastFailedAt", "occurrences", "reason", "explanation"),
            )
        )
    }


def test_jobs_list_leaves_out_what_is_no_job(lived_in: Terminal) -> None:
    dead = lived_in.run("jobs", "list", "--state", "dead", "--json").json()["items"]

    assert [job["id"] for job in dead] == ["ghost"]


def test_jobs_list_filters_by_user_kind_and_limit(lived_in: Terminal) -> None:
    assert len(lived_in.run("jobs", "list", "--user", "ada", "--json").json()["items"]) == 2
    assert len(lived_in.run("jobs", "list", "--kind", "taste", "--limit", "1", "--json").json()["items"]) == 1
    assert lived_in.run("jobs", "list", "--kind", "nonsense").code == 2


def test_jobs_list_shows_a_table(lived_in: Terminal) -> None:
    shown = lived_in.run("jobs", "list").out

    assert "ghost" in shown
    assert "blob_missing" in shown


def test_jobs_show_tells_the_timeline(lived_in: Terminal) -> None:
    job = lived_in.run("jobs", "show", "ghost", "--json").json()

    assert [event["what"] for event in job["timeline"]] == ["queued", "delivered", "dead"]
    assert "Timeline" in lived_in.run("jobs", "show", "ghost").out


def test_jobs_show_takes_the_beginning_of_an_id(lived_in: Terminal) -> None:
    assert lived_in.run("jobs", "show", "gho", "--json").json()["id"] == "ghost"


def test_jobs_show_refuses_a_beginning_of_several(lived_in: Terminal) -> None:
    shown = lived_in.run("jobs", "show", "")

    assert shown.code == 1
    assert "stands for several" in shown.err


def test_jobs_show_of_no_job_says_where_to_look(lived_in: Terminal) -> None:
    shown = lived_in.run("jobs", "show", "nonsense", "--user", "ada")

    assert (shown.code, shown.out) == (1, "")
    assert "nightshift jobs list" in shown.err


def test_profile_show_as_json_is_the_profile(lived_in: Terminal) -> None:
    profile = lived_in.run("profile", "show", "ada", "--json").json()

    assert profile["userId"] == "ada"
    assert {"name", "weight", "likes", "dislikes"} == set(profile["colors"][0])
    assert "evidence" not in profile


def test_profile_show_with_evidence_lists_the_pictures(lived_in: Terminal) -> None:
    evidence = lived_in.run("profile", "show", "ada", "--evidence", "--json").json()["evidence"]

    assert [(piece["itemId"], piece["signal"]) for piece in evidence] == [("breton-tee", "down"), ("red-heels", "up")]


def test_profile_show_draws_tables_with_colours(lived_in: Terminal) -> None:
    shown = lived_in.run(
        "profile",
        "show",
        "ada",
        "--evidence",
        FORCE_COLOR="1",
        TERM="xterm-256color",
        COLORTERM="truecolor",
        COLUMNS="140",
    ).out

    assert "Colours" in shown
    assert "\x1b[38;2;" in shown
    assert "Evidence" in shown


def test_profile_show_of_nobody_says_what_to_do(lived_in: Terminal) -> None:
    shown = lived_in.run("profile", "show", "nobody", "--json")

    assert (shown.code, shown.out) == (1, "")
    assert "nightshift enqueue taste nobody" in shown.err


def test_dead_letters_list_has_jobs_and_broken_bodies(lived_in: Terminal) -> None:
    letters = lived_in.run("dead-letters", "list", "--json").json()["items"]

    assert {letter["reason"]["code"] for letter in letters} == {"blob_missing", "invalid_payload"}


def test_dead_letters_list_filters(lived_in: Terminal) -> None:
    def codes(*options: str) -> list[str]:
        letters = lived_in.run("dead-letters", "list", "--json", *options).json()["items"]
        return sorted(letter["reason"]["code"] for letter in letters)

    cause = lived_in.run("dead-letters", "show", "ghost", "--json").json()["reason"]["cause"]

    assert codes("--class", "Permanent") == ["blob_missing"]
    assert codes("--cause", cause) == ["blob_missing"]
    assert codes("--queue", lived_in.environ["RUN_QUEUE_NAME"]) == []
    assert codes("--since", "1h") == ["blob_missing", "invalid_payload"]
    assert codes("--since", "2100-01-01T00:00:00Z") == []


def test_dead_letters_show_has_the_places_and_the_body(lived_in: Terminal) -> None:
    letter = lived_in.run("dead-letters", "show", broken_letter(lived_in), "--json").json()

    assert letter["body"] == BROKEN_BODY
    assert {place["at"] for place in letter["reason"]["places"]} == {"item_id", "image_url"}


def test_dead_letters_show_prints_a_page(lived_in: Terminal) -> None:
    shown = lived_in.run("dead-letters", "show", broken_letter(lived_in)[:10]).out

    assert "What is wrong with it" in shown
    assert "invalid_payload (BadMessage)" in shown


def test_dead_letters_show_refuses_a_job_that_lives(lived_in: Terminal) -> None:
    alive = lived_in.run("jobs", "list", "--state", "completed", "--json").json()["items"][0]["id"]

    assert lived_in.run("dead-letters", "show", alive).code == 1


def test_status_counts_queues_jobs_and_dead_letters(lived_in: Terminal) -> None:
    status = lived_in.run("status", "--json").json()

    assert {queue["depth"] for queue in status["queues"]} == {0}
    counts = {row["state"]: row["count"] for row in status["jobs"]}
    assert (counts["completed"], counts["dead"], counts["queued"]) == (2, 1, 0)
    assert status["deadLetters"]["open"] == 2
    assert status["settings"]["store"].endswith("nightshift.sqlite3")


def test_status_shows_tables(lived_in: Terminal) -> None:
    shown = lived_in.run("status").out

    assert lived_in.environ["TASTE_JOB_QUEUE_NAME"] in shown
    assert "2 open dead letters" in shown
    assert "1 is a job (dead, above), 1 is a message that was no job's." in shown


def test_status_begins_with_a_verdict(lived_in: Terminal) -> None:
    codes = [remark["code"] for remark in lived_in.run("status", "--json").json()["verdict"]]

    assert codes.count("dead_letters") == 2
    assert {"no_host", "host_seen"} & set(codes)


def test_status_is_watched_until_ctrl_c(lived_in: Terminal) -> None:
    watching = lived_in.begin("status", "--watch", "--every", "0.5", "--json")
    assert watching.stdout is not None
    readings = [json.loads(watching.stdout.readline()) for _ in range(2)]
    watching.send_signal(signal.SIGINT)

    assert watching.wait(LIMIT_SECONDS) == 0
    assert [reading["deadLetters"]["open"] for reading in readings] == [2, 2]


def test_logs_never_meet_the_one_document_on_stdout(lived_in: Terminal) -> None:
    for command in ("jobs list", "dead-letters list", "wardrobe list ada", "status", "profile show ada"):
        assert json.loads(lived_in.run("--verbose", *command.split(), "--json").out)
