"""What does `nightshift enqueue taste` answer? Without a host."""

from __future__ import annotations

import json

from tests.e2e.cli.terminal import SAMPLE, Terminal

LIKE = {"user_id": "ada", "item_id": "hat", "image_url": "http://127.0.0.1/hat.png"}


def test_a_repeat_is_a_duplicate_with_the_state_of_its_job(terminal: Terminal) -> None:
    command = ("enqueue", "taste", "--user", "ada", "--item", "hat", "--image", LIKE["image_url"], "--json")

    first, second = terminal.run(*command).json(), terminal.run(*command).json()

    assert [answer["items"][0]["answer"] for answer in (first, second)] == ["accepted", "duplicate"]
    assert second["items"][0]["status"] == "queued"
    assert second["items"][0]["id"] == first["items"][0]["id"]


def test_the_options_become_the_message(terminal: Terminal) -> None:
    asked = terminal.run(
        *("enqueue", "taste", "--user", "ada", "--item", "hat", "--image", LIKE["image_url"], "--title", "Felt hat"),
        *("--tags", "winter; wool", "--signal", "down", "--job-id", "j1", "--gallery-index", "2"),
        *("--created-at", "2026-01-02T03:04:05+01:00"),
    )

    assert asked.code == 0, asked.err
    payload = terminal.run("jobs", "show", "j1", "--json").json()["payload"]
    assert payload == {
        **LIKE,
        "title": "Felt hat",
        "tags": ["winter", "wool"],
        "signal": "down",
        "job_id": "j1",
        "gallery_image_index": 2,
        "createdAt": "2026-01-02T02:04:05.000Z",
    }


def test_a_bad_line_is_reported_with_its_number_and_the_rest_goes_on(terminal: Terminal) -> None:
    likes = terminal.write("likes.jsonl", json.dumps(LIKE), "", "{broken", json.dumps({**LIKE, "item_id": "cap"}))

    asked = terminal.run("enqueue", "taste", "--file", str(likes), "--json")

    assert asked.code == 1
    answers = asked.json()["items"]
    assert [(answer["line"], answer["answer"]) for answer in answers] == [(1, "accepted"), (3, None), (4, "accepted")]
    assert "line 3: The body isn't JSON" in asked.err


def test_a_file_may_come_by_stdin(terminal: Terminal) -> None:
    asked = terminal.run("enqueue", "taste", "--file", "-", stdin=json.dumps(LIKE))

    (job,) = terminal.run("jobs", "list", "--json").json()["items"]
    assert (asked.code, asked.out) == (0, f"accepted  job {job['id']}  queued\n")


def test_a_raw_body_is_sent_unchecked(terminal: Terminal) -> None:
    asked = terminal.run("enqueue", "taste", "--raw", "-", stdin="no JSON at all")

    assert (asked.code, asked.out[:14]) == (0, "sent  message ")
    assert terminal.run("status", "--json").json()["queues"][0]["depth"] == 1


def test_a_raw_body_that_a_queue_cannot_carry_is_refused(terminal: Terminal) -> None:
    asked = terminal.run("enqueue", "taste", "--raw", "-", stdin=b"\xff\xfe")

    assert asked.code == 2
    assert "Base64" in asked.err


def test_an_item_without_a_known_picture_is_refused_with_what_to_do(terminal: Terminal) -> None:
    asked = terminal.run("enqueue", "taste", "--user", "ada", "--item", "nowhere")

    assert asked.code == 1
    assert "nightshift wardrobe import" in asked.err


def test_an_invalid_like_is_refused_with_the_place(terminal: Terminal) -> None:
    asked = terminal.run(
        *("enqueue", "taste", "--user", "ada", "--item", "hat", "--image", LIKE["image_url"], "--created-at", "today")
    )

    assert asked.code == 1
    assert "createdAt" in asked.err


def test_a_wait_that_times_out_fails_and_says_what_to_look_at(terminal: Terminal) -> None:
    asked = terminal.run("enqueue", "taste", "--file", "-", "--wait", "--timeout", "0.3", stdin=json.dumps(LIKE))

    assert asked.code == 1
    assert "is still queued: no host has been seen yet. Start it" in asked.err
    assert "nightshift jobs show" in asked.err


def test_a_local_file_that_is_no_picture_is_refused(terminal: Terminal) -> None:
    asked = terminal.run("enqueue", "taste", "--user", "a", "--item", "b", "--image", str(SAMPLE / "wardrobe.csv"))

    assert asked.code == 1
    assert "is no picture" in asked.err


def test_options_that_exclude_each_other_are_a_usage_error(terminal: Terminal) -> None:
    for options in ((), ("--user", "a"), ("--user", "a", "--item", "b", "--file", "-"), ("--raw", "-", "--wait")):
        assert terminal.run("enqueue", "taste", *options).code == 2
