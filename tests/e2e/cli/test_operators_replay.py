"""What does `nightshift dead-letters replay` send again, and what does it refuse?"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient

from shared import clock
from shared.errors import Transient
from tests.azurite import Azurite
from tests.e2e.cli import letters
from tests.e2e.cli.terminal import SAMPLE, Terminal

TIMED_OUT = Transient("The blob service timed out", code="blob_failed", dependency="blob")


@pytest.fixture(autouse=True, scope="module")
def pictures(azurite: Azurite) -> None:
    """The container that the app keeps pictures in, as `init` makes it."""
    with BlobServiceClient.from_connection_string(azurite.connection_string) as blobs:
        container = blobs.get_container_client("wardrobe-images")
        if not container.exists():
            container.create_container()


@pytest.fixture(scope="module")
def ward(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory, bytecode: Path) -> Terminal:
    """A terminal with four dead letters, which nobody changes."""
    made = Terminal(tmp_path_factory.mktemp("ward"), azurite.connection_string, "taste-ward", bytecode)
    old = clock.now() - timedelta(days=3)
    letters.keep(
        made,
        letters.dead(made, "missing-new"),
        letters.dead(made, "missing-old", failed=old),
        letters.dead(made, "slow", user="ben", error=TIMED_OUT, failed=old + timedelta(days=1)),
        letters.dead_body(made, "body"),
        letters.queued(made, "alive"),
    )
    return made


def depth(terminal: Terminal) -> int:
    return int(terminal.run("status", "--json").json()["queues"][0]["depth"])


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--all",), {"missing-new", "missing-old", "slow", "body"}),
        (("--queue", "taste-ward"), {"missing-new", "missing-old", "slow", "body"}),
        (("--queue", "runs-of-taste-ward"), set()),
        (("--class", "Permanent"), {"missing-new", "missing-old"}),
        (("--class", "Transient", "--since", "1d"), set()),
        (("--since", "1d"), {"missing-new", "body"}),
        (("--all", "--user", "ben"), {"slow"}),
        (("--class", "Permanent", "--limit", "1"), {"missing-new"}),
        (("missing-o", "slow", "slow"), {"missing-old", "slow"}),
    ],
)
def test_letters_are_chosen_by_filters_or_ids(ward: Terminal, options: tuple[str, ...], found: set[str]) -> None:
    said = ward.run("dead-letters", "replay", *options, "--dry-run", "--json")

    chosen = [item["id"] for item in said.json()["items"]]
    assert (set(chosen), len(chosen)) == (found, len(found))


def test_letters_of_one_cause_are_chosen_together(ward: Terminal) -> None:
    causes = ward.run("dead-letters", "list", "--by-cause", "--json").json()["items"]
    cause = causes[0]

    said = ward.run("dead-letters", "replay", "--cause", cause["cause"], "--dry-run", "--json")

    assert (cause["count"], cause["code"], cause["example"]["id"]) == (2, "blob_missing", "missing-new")
    assert [item["id"] for item in said.json()["items"]] == ["missing-new", "missing-old"]


def test_a_dry_run_changes_nothing_and_says_what_it_would_refuse(ward: Terminal) -> None:
    before = letters.statuses(ward)

    said = ward.run("dead-letters", "replay", "--all", "--dry-run")

    assert (said.code, letters.statuses(ward)) == (1, before)
    assert "Would replay 3, refuse 1. Nothing was done." in said.out
    assert "item_id: Input should be a valid string" in " ".join(said.out.split())


def test_neither_ids_nor_filters_is_a_usage_error(ward: Terminal) -> None:
    for options in ((), ("slow", "--all"), ("--all", "--edit", __file__), ("--since", "yesterday")):
        assert ward.run("dead-letters", "replay", *options).code == 2


def test_a_job_that_lives_is_refused_with_its_state(ward: Terminal) -> None:
    said = ward.run("dead-letters", "replay", "alive")

    assert said.code == 1
    assert "alive is queued, no dead letter" in said.err


def test_a_replay_sends_the_message_and_the_timeline_tells_who_and_when(terminal: Terminal) -> None:
    letters.keep(terminal, letters.dead(terminal, "a"), letters.dead(terminal, "b"))

    said = terminal.run("dead-letters", "replay", "--all")

    assert (said.code, said.out) == (0, "2 replayed.\n"), said.err
    assert depth(terminal) == 2
    job = terminal.run("jobs", "show", "a", "--json").json()
    last = job["timeline"][-1]
    assert (job["status"], last["what"], last["generation"]) == ("queued", "replayed", 2)
    assert last["by"].startswith("cli:")
    assert clock.now() - clock.parse(last["at"]) < timedelta(minutes=5)


def test_at_most_limit_letters_are_replayed_the_last_failed_first(terminal: Terminal) -> None:
    ages = {"oldest": 3, "newest": 1, "older": 2}
    for name, hours in ages.items():
        letters.keep(terminal, letters.dead(terminal, name, failed=clock.now() - timedelta(hours=hours)))

    terminal.run("dead-letters", "replay", "--all", "--limit", "2")

    assert letters.statuses(terminal) == {"newest": "queued", "older": "queued", "oldest": "dead"}


def test_a_rate_keeps_replays_apart(terminal: Terminal) -> None:
    letters.keep(terminal, *(letters.dead(terminal, name) for name in "abc"))

    terminal.run("dead-letters", "replay", "--all", "--rate", "1")

    times = sorted(clock.parse(letters.record(terminal, name).timeline[-1]["at"]) for name in "abc")
    assert times[-1] - times[0] >= timedelta(seconds=1)  # two seconds, but for what a busy machine adds to the first


def test_a_payload_that_is_bad_is_refused_with_its_place_and_the_rest_goes_on(terminal: Terminal) -> None:
    letters.keep(terminal, letters.dead_body(terminal, "body"), letters.dead(terminal, "fine"))

    said = terminal.run("dead-letters", "replay", "--all", "--json")

    assert said.code == 1
    assert said.json()["done"] == ["fine"]
    (refused,) = said.json()["refused"]
    assert refused["id"] == "body"
    assert "item_id: Input should be a valid string" in refused["why"]
    assert letters.statuses(terminal) == {"body": "dead", "fine": "queued"}


def test_many_refusals_for_one_reason_are_one_line(terminal: Terminal) -> None:
    letters.keep(terminal, *(letters.dead(terminal, f"job-{number}", replays=3) for number in range(5)))

    said = terminal.run("dead-letters", "replay", "--all")

    assert (said.code, said.out) == (1, "0 replayed, 5 refused.\n")
    (line,) = said.err.splitlines()
    assert line.startswith("refused  5 alike (job-")
    assert "--force" in line


def test_an_edit_that_is_no_json_object_or_names_another_job_is_refused(terminal: Terminal) -> None:
    letters.keep(terminal, letters.dead(terminal, "a"))
    other = {"user_id": "ada", "item_id": "z", "image_url": "http://127.0.0.1/z.png", "job_id": "z"}

    broken = terminal.run("dead-letters", "replay", "a", "--edit", str(terminal.write("broken.json", "{")))
    array = terminal.run("dead-letters", "replay", "a", "--edit", str(terminal.write("array.json", "[]")))
    foreign = terminal.run("dead-letters", "replay", "a", "--edit", str(terminal.write("z.json", json.dumps(other))))

    assert [said.code for said in (broken, array, foreign)] == [2, 2, 1]
    assert "names another job (z of ada)" in foreign.err
    assert letters.statuses(terminal) == {"a": "dead"}


def test_a_closed_gate_refuses_a_replay_unless_forced(terminal: Terminal) -> None:
    letters.keep(terminal, letters.dead(terminal, "a"))
    terminal.run("gates", "close", f"queue:{letters.queue_of(terminal)}", "--reason", "moving house")

    refused = terminal.run("dead-letters", "replay", "a")
    held = letters.statuses(terminal)
    forced = terminal.run("dead-letters", "replay", "a", "--force")

    assert (refused.code, held) == (1, {"a": "dead"})
    assert "moving house" in refused.err
    assert f"nightshift gates open queue:{letters.queue_of(terminal)}" in refused.err
    assert (forced.code, letters.statuses(terminal)) == (0, {"a": "queued"})


def test_a_dependency_that_fails_stops_it_all_and_says_how_many_are_left(terminal: Terminal) -> None:
    letters.keep(terminal, *(letters.dead(terminal, f"job-{number}") for number in range(30)))

    said = terminal.run("dead-letters", "replay", "--all", TASTE_JOB_QUEUE_NAME="taste-gone")

    assert (said.code, said.out) == (1, "0 replayed.\n"), said.err
    assert "nightshift init" in said.err
    assert "30 weren't replayed" in said.err
    assert set(letters.statuses(terminal).values()) == {"dead"}


def test_a_replayed_job_completes_once_its_cause_is_mended(terminal: Terminal, azurite: Azurite) -> None:
    picture = (SAMPLE / "pictures" / "red-heels.png").read_bytes()
    blobs = BlobServiceClient.from_connection_string(azurite.connection_string)
    blob = blobs.get_blob_client("wardrobe-images", f"late/{letters.queue_of(terminal)}.png")
    like = ("--user", "ada", "--item", "heels", "--image", blob.url, "--job-id", "late")

    with terminal.host():
        terminal.run("enqueue", "taste", *like)
        letters.wait_for(terminal, "late", "dead")
        blob.upload_blob(picture)
        said = terminal.run("dead-letters", "replay", "late")
        job = letters.wait_for(terminal, "late", "completed")

    blobs.close()
    assert (said.code, job.generation) == (0, 2)
    told = [event["what"] for event in job.timeline]
    assert told == ["queued", "delivered", "dead", "replayed", "delivered", "completed"]


def test_a_corrected_payload_completes_and_its_broken_letter_is_gone(terminal: Terminal) -> None:
    terminal.run("wardrobe", "import", str(SAMPLE / "wardrobe.csv"))
    heels = terminal.run("wardrobe", "list", "ada", "--json").json()["items"][0]
    like = {"user_id": "ada", "item_id": heels["id"], "image_url": heels["imageUrl"], "job_id": "mended"}

    with terminal.host():
        terminal.run("enqueue", "taste", "--raw", "-", stdin=json.dumps({**like, "signal": "sideways"}))
        (broken,) = letters.wait_for_any(terminal, "dead")
        edit = terminal.write("corrected.json", json.dumps(like))
        said = terminal.run("dead-letters", "replay", broken[:8], "--edit", str(edit))
        letters.wait_for(terminal, "mended", "completed")

    assert said.code == 0, said.err
    assert letters.statuses(terminal) == {broken: "discarded", "mended": "completed"}


def test_the_fourth_replay_for_one_cause_is_refused_unless_forced(terminal: Terminal, azurite: Azurite) -> None:
    with BlobServiceClient.from_connection_string(azurite.connection_string) as blobs:
        gone = blobs.get_blob_client("wardrobe-images", "gone.png").url

    with terminal.host():
        terminal.run("enqueue", "taste", "--user", "ada", "--item", "x", "--image", gone, "--job-id", "ghost")
        for generation in (1, 3, 5):
            letters.wait_for(terminal, "ghost", "dead", generation=generation)
            assert terminal.run("dead-letters", "replay", "ghost").code == 0
        letters.wait_for(terminal, "ghost", "dead", generation=7)
        refused = terminal.run("dead-letters", "replay", "ghost")
        forced = terminal.run("dead-letters", "replay", "ghost", "--force")
        letters.wait_for(terminal, "ghost", "dead", generation=9)

    assert refused.code == 1
    assert "replayed 3 times and died of the same cause" in refused.err
    assert forced.code == 0, forced.err
