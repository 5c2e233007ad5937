"""Does a like that is typed reach the profile that is shown? With a host, in real processes."""

from __future__ import annotations

import json

from tests.e2e.cli.terminal import PATIENCE, SAMPLE, Terminal


def test_a_like_put_by_the_command_line_reaches_profile_show(terminal: Terminal) -> None:
    terminal.run("wardrobe", "import", str(SAMPLE / "wardrobe.csv"))

    with terminal.host():
        asked = terminal.run(
            "enqueue", "taste", "--user", "ada", "--item", "red-heels", "--wait", "--timeout", PATIENCE
        )

    assert asked.code == 0, asked.err
    assert asked.out.startswith("accepted  job ")
    assert asked.out.endswith("completed\n")
    profile = terminal.run("profile", "show", "ada", "--json").json()
    assert profile["evidences"] == 1
    assert "red" in [color["name"] for color in profile["colors"]]
    assert [brand["name"] for brand in profile["brands"]] == ["Corso Nove"]


def test_a_local_picture_is_uploaded_and_analysed(terminal: Terminal) -> None:
    picture = str(SAMPLE / "pictures" / "red-heels.png")

    with terminal.host():
        asked = terminal.run(
            *("enqueue", "taste", "--user", "eve", "--item", "heels", "--image", picture),
            *("--title", "High Heels", "--tags", "party; dance", "--wait", "--timeout", PATIENCE),
        )

    assert asked.code == 0, asked.err
    seen = terminal.run("profile", "show", "eve", "--evidence", "--json").json()["evidence"]
    assert [piece["findings"]["colors"][0] for piece in seen] == ["red"]


def test_a_job_that_dies_makes_a_waiting_command_fail_with_its_reason(terminal: Terminal) -> None:
    terminal.run("wardrobe", "import", str(SAMPLE / "wardrobe.csv"))
    url = terminal.run("wardrobe", "list", "ada", "--json").json()["items"][0]["imageUrl"]

    with terminal.host():
        asked = terminal.run(
            *("enqueue", "taste", "--user", "ada", "--item", "gone", "--image", f"{url}.gone"),
            *("--wait", "--timeout", PATIENCE, "--json"),
        )

    assert asked.code == 1
    (answer,) = asked.json()["items"]
    assert (answer["status"], answer["reason"].split(":")[0]) == ("dead", "blob_missing")
    assert "nightshift dead-letters list" in asked.err


def test_a_file_of_likes_is_waited_for_and_repeats_are_told_apart(terminal: Terminal) -> None:
    terminal.run("wardrobe", "import", str(SAMPLE / "wardrobe.csv"))
    like = {"user_id": "ben", "item_id": "plum-cap"}
    likes = terminal.write(
        "likes.jsonl", json.dumps(like), json.dumps({**like, "item_id": "team-tee"}), json.dumps(like)
    )

    with terminal.host():
        asked = terminal.run("enqueue", "taste", "--file", str(likes), "--wait", "--timeout", PATIENCE)

    assert (asked.code, asked.out) == (0, "accepted 2, duplicates 1; completed 2 of 2 jobs\n")
