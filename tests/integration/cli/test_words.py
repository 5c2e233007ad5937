"""What does a command tell a person who asks for what isn't there, or is about to lose something?"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.integration.cli.recording import Recording


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "dead-letters purge --queue recorded-taste-analysis-job --all --yes",
            "Did you mean 'recorded-taste-analysis-",
        ),
        ("dead-letters discard --class Transiant --yes", "Did you mean 'Transient'?"),
        ("dead-letters replay --cause 000000000000", "There is no cause '000000000000'."),
        ("dead-letters list --queue nonesuch", "There is no queue 'nonesuch'."),
        ("pickup-rate config set treshold=55", "There is no 'treshold'. Did you mean 'threshold'?"),
        ("pickup-rate backtest --set treshold=55", "There is no 'treshold' to set. Did you mean 'threshold'?"),
        ("alerts backtest pickups --set minimum_sampel=5", "Did you mean 'minimumSample'?"),
        ("alerts backtest pickups --from 300d --to 200d", "roll-ups of calls reach 88 days back"),
        ("alerts backtest 'Few pickup'", "Did you mean 'Few pickups'?"),
        ("runs list --name digets", "Did you mean 'digest'?"),
        ("runs missed --name mood", "Did you mean 'moods'?"),
        ("sources pause Shopp --reason asked", "Did you mean 'Shop'?"),
        ("alerts silence pickup_rate merchant:m1 --for 2h", "Did you mean 'pickup-rate'?"),
        ("alerts silence pickup-rate merchant:m1 --for soon", "'soon' is no length of time. Write 30m, 2h or 3d."),
        ("tasks ack nonesuch", "There is no task 'nonesuch'."),
        ("tasks ack ca11954b --client acme", "is over: its alert was resolved at 2026-11-21T09:33:00.000Z."),
        ("pickup-rate show --lookback 0h", "'0h' is no length of time."),
        ("gates close queue:recorded-mood-jobs --reason deploy --for now", "'now' is no length of time."),
        ("sas recorded-mood-job", "Did you mean 'recorded-mood-jobs'?"),
        ("run scrapper", "Did you mean 'scraper'?"),
        ("schedule RescueJob", "Did you mean 'RescueJobs'?"),
        ("jobs list --kind tast", "Did you mean 'taste'?"),
        ("moods list --primary resrt", "Did you mean 'resort'?"),
        ("moods show mood-", "'mood-' stands for several"),
        ("notify test slak", "Did you mean 'slack'?"),
        ("gates close queue:recorded-mood-job --reason deploy", "Did you mean 'queue:recorded-mood-jobs'?"),
        ("sources add https://new.example/feed --type rs", "Did you mean 'rss'?"),
        ("sources add http://127.0.0.1:8080/feed.xml", "FETCH_ALLOWED_LOCAL=HOST:PORT"),
        ("enqueue taste {ada} hat --user {ada}", "Give USER once"),
    ],
)
def test_what_is_not_there_is_an_error_that_helps(line: str, says: str, recording: Recording, tmp_path: Path) -> None:
    said = recording.typed(shlex.split(line), tmp_path)

    assert said.code != 0
    assert says in said.err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("jobs list --state queued --user nobody", "No job of nobody is queued."),
        ("dead-letters list --user nobody", "None of the dead letters is such a one."),
        ("runs list --name moods --state completed", "No run of moods is completed."),
        ("moods list --primary sporty", "No mood is sporty."),
        ("tasks list", "There is no such task. Those that are over, too: nightshift tasks list --state all"),
        ("tasks list --state all", "There is no such task.\n"),
    ],
)
def test_an_empty_list_says_what_there_is_none_of(line: str, says: str, recording: Recording, tmp_path: Path) -> None:
    said = recording.typed(shlex.split(line), tmp_path)

    assert (said.code, said.out) == (0, "")
    assert says in said.err


def test_a_task_is_acknowledged_once_and_the_second_time_says_by_whom(recording: Recording, tmp_path: Path) -> None:
    words = shlex.split("tasks ack 8b34cee5 --client acme")
    first, again = recording.typed(words, tmp_path), recording.typed(words, tmp_path)

    assert first.out == "Costs: 12 s: acknowledged.\n"
    assert "acknowledged it at 2026-11-23T09:30:00.000Z. Nothing was changed." in again.out


@pytest.mark.parametrize("line", ["dead-letters purge --all", "dead-letters purge --all --dry-run"])
def test_purging_says_first_how_many_would_replay(line: str, recording: Recording, tmp_path: Path) -> None:
    said = recording.typed(shlex.split(line), tmp_path)

    assert "4 of them would replay now (payload valid, dependencies well)" in said.err


def test_a_slot_that_has_run_says_when_and_how_to_run_it_again(recording: Recording, tmp_path: Path) -> None:
    said = recording.typed(["run", "digest"], tmp_path)

    assert "The slot has run already: completed 28 m 55 s ago (at 09:01:05). To run it again: add --force" in said.err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "explain job-wait",
            "Job job-waiting of recorded-ada waits since 09:28:00, as it failed at attempt 1 of 5: timeout: The "
            "picture's host doesn't answer within 10 s; tries again at 09:32:00; 4 of 5 attempts left; about 1 message "
            "ahead, and nothing of its kind has ended in the last ten minutes.\n",
        ),
        (
            "explain digest/2026-W49",
            "Run digest|2026-W49 isn't due yet; its timer PluckItWeeklyDigest opens slot 2026-W49 at 30 Nov 09:00.\n",
        ),
        (
            "explain asleep",
            "Rule asleep is inactive: it doesn't run until it is made active; it has never been evaluated.\n"
            "Make it active: nightshift alerts update asleep --active\n",
        ),
    ],
)
def test_an_explanation_is_a_paragraph_and_what_to_do(
    line: str, says: str, recording: Recording, tmp_path: Path
) -> None:
    assert recording.typed(shlex.split(line), tmp_path).out == says


def test_an_explanation_that_is_ambiguous_says_how_to_choose(recording: Recording, tmp_path: Path) -> None:
    said = recording.typed(["explain", "job-"], tmp_path)

    assert said.code == 1
    assert "job:job-queued (of recorded-ada)" in said.err
    assert "nightshift explain job:ID" in said.err


def test_a_file_that_was_imported_is_known(recording: Recording, tmp_path: Path) -> None:
    said = recording.typed(["calls", "import", "{folder}/calls.csv"], tmp_path)

    assert said.out == "1 call, all known as they are or newer: nothing has changed.\n"


@pytest.mark.parametrize(
    ("command", "name", "content"),
    [
        ("wardrobe import", "empty.csv", ""),
        ("wardrobe import", "header.csv", "item_id,user_id,title,brand,category,tags,price,image\n"),
        ("analyse", "header.csv", "id,title,image\n"),
        ("calls import", "header.csv", "merchantId,status\n"),
        ("calls import", "empty.jsonl", "\n"),
        ("metrics record", "header.csv", "event_id,orgId,kind,occurredAt\n"),
        ("metrics record", "empty.jsonl", "\n"),
        ("enqueue taste --file", "empty.jsonl", ""),
        ("dead-letters replay dead-invalid --edit", "empty.json", ""),
    ],
)
def test_a_file_without_what_it_is_read_for_is_an_error(
    command: str, name: str, content: str, recording: Recording, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(content)

    said = recording.typed([*command.split(), str(file)], tmp_path)

    assert said.code == 2
    assert str(file) in said.err
