"""Does every command answer programs as it did, on one recorded world?

`json_answers.json` holds what each command line printed with --json, and its exit code. A change of what programs read
is meant to fail here. When it is wanted, have the answers written down anew and look at the difference:

    NIGHTSHIFT_RECORD=1 python -m pytest tests/integration/cli/test_json_answers.py
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from azure.storage.queue import QueueServiceClient

from processors.catalogue import registry
from shared import clock
from shared.config import Settings
from shared.documents.sqlite import SqliteDocuments
from tests.azurite import PROJECT, Azurite
from tests.integration.cli import answers
from tests.integration.cli.prompt import settings_of, tokens_counted_out, typed
from tests.integration.cli.recorded_jobs import MISSING, cause_of
from tests.integration.cli.recorded_world import ADA, BEN, NOW, RecordedWorld, environment
from tests.integration.jobs.worlds import MovingClock
from tests.unit.cli.test_every_command import COMMANDS

RECORDING = os.environ.get("NIGHTSHIFT_RECORD") == "1"

NOT_ASKED = {
    "doctor": "tells of this machine",
    "llm check": "asks a model",
    "sources test": "asks a server",
}
"""Commands with --json whose answers aren't written down, and why."""

CHANGING = {
    "init", "run", "rescue", "wardrobe import", "wardrobe wear", "enqueue taste", "jobs cancel", "runs cancel",
    "sources add", "calls import", "pickup-rate check", "pickup-rate config set", "notify test", "users forget",
    "store init",
}  # fmt: skip
"""Commands with --json that change the world."""

READING = """
schedule
schedule --count 10
schedule digest
schedule RescueJobs --count 1
schedule nonesuch
status
wardrobe list {ada}
wardrobe list nobody
profile show {ada}
profile show {ada} --evidence
profile show nobody
jobs list
jobs list --limit 3
jobs list --state queued
jobs list --state running
jobs list --state waiting
jobs list --state completed
jobs list --state dead
jobs list --state cancelled
jobs list --state discarded
jobs list --kind taste --user {ada}
jobs list --kind run --state completed
jobs list --kind nonesuch
jobs list --user nobody
jobs show job-queued
jobs show job-running
jobs show job-crashed
jobs show job-wait
jobs show job-held --user {ben}
jobs show job-held --user {ada}
jobs show job-completed
jobs show job-cancelled
jobs show job-discarded
jobs show dead-slow
jobs show dead-body
jobs show 'digest|2026-W47|1'
jobs show job-
jobs show nonesuch
dead-letters list
dead-letters list --limit 2
dead-letters list --queue recorded-mood-jobs
dead-letters list --class Transient
dead-letters list --cause {missing}
dead-letters list --since 2h
dead-letters list --since 2026-11-23T08:40:00Z
dead-letters list --since lately
dead-letters list --user {ada}
dead-letters list --by-cause
dead-letters list --by-cause --limit 1
dead-letters list --by-cause --user {ben} --class Permanent
dead-letters show dead-missing-2
dead-letters show dead-slow
dead-letters show dead-again
dead-letters show dead-crashed
dead-letters show dead-body
dead-letters show dead-inv --user {ben}
dead-letters show dead-shard
dead-letters show job-queued
dead-letters replay --all --dry-run
dead-letters replay dead-slow --dry-run
dead-letters replay --cause {missing} --force --dry-run
dead-letters replay --queue recorded-mood-jobs --dry-run
dead-letters replay dead-invalid --edit {folder}/corrected.json --dry-run
dead-letters replay --class Transient --user {ada} --since 3h --limit 1 --dry-run
dead-letters replay job-queued --dry-run
dead-letters replay --dry-run
dead-letters discard --all --dry-run
dead-letters discard --cause {missing} --user {ben} --dry-run
dead-letters discard --queue recorded-mood-jobs --since 1h --class Permanent --limit 1 --dry-run
dead-letters purge --all --dry-run
dead-letters purge --cause {missing} --limit 2 --dry-run
dead-letters purge job-discarded --user {ben} --dry-run
dead-letters purge --queue recorded-mood-jobs --since 1h --class Permanent --dry-run
runs list
runs list --limit 2
runs list --name scraper
runs list --state failed
runs list --name digest --state completed
runs missed
runs missed --since 3d
runs missed --name moods --limit 1
runs show digest
runs show digest/2026-W47/1
runs show scraper/2026-11-20
runs show scraper/2026-11-22
runs show scraper/2026-11-23
runs show moods/2026-11-22/1
runs show moods/2026-11-24
runs show nonesuch
sources list
moods list
moods list --primary preppy
moods list --limit 1
moods list --primary nonesuch
moods show mood-linen
moods show 'nautical stripes'
moods show nonesuch
moods trend
moods trend --weeks 12 --primary resort
moods trend --limit 1
digest show {ada}
digest show {ada} --week 2026-W47
digest show {ada} --save {folder}/saved
digest show {ben}
pickup-rate show
pickup-rate show --scope merchant:m1
pickup-rate show --scope reseller:r1 --lookback 6h
pickup-rate show --scope merchant:m2 --lookback 3d --at 2026-11-22T09:00:00Z
pickup-rate show --scope nonesuch
pickup-rate config get
pickup-rate config get --scope merchant:m1
pickup-rate config get --scope merchant:new
alerts states
alerts history
alerts history --scope merchant:m1 --since 7d
alerts history --since 1d --limit 1
users export {ada}
users export {ben}
users export nobody
gates list
rescue --dry-run
analyse {folder}/items.csv
analyse {folder}/bad.csv
""".strip().splitlines()


@dataclass(frozen=True, slots=True)
class Past:
    """The recorded world: where its store and its files are, and its storage account."""

    folder: Path
    storage: Azurite


@pytest.fixture(scope="module")
def past(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Past:
    """The recorded world, built once."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "home").mkdir()
    settings = Settings.from_environment(environment(str(folder / "home"), azurite.connection_string))
    with tokens_counted_out():
        asyncio.run(_live(settings))
    with QueueServiceClient.from_connection_string(azurite.connection_string) as queues:
        for kind in registry(settings):
            for name in (kind.queue, kind.poison_queue):
                if name != f"{settings.notification_queue}-poison":  # one isn't there
                    queues.create_queue(name)
        for name in (settings.taste_queue, settings.taste_queue, settings.taste_poison_queue):
            queues.get_queue_client(name).send_message("a message")
    rows = [f"{name},Red T-shirt,{PROJECT}/sample/pictures/{name}.png\n" for name in ("red-heels", "breton-tee")]
    (folder / "items.csv").write_text("id,title,image\n" + "".join(rows))
    (folder / "bad.csv").write_text("id,title,image\n" + rows[0] + "gone,Gone,gone.png\n")
    fixed = '{"user_id": "%s", "item_id": "x", "image_url": "https://pictures.example/x.png", "job_id": "dead-invalid"}'
    (folder / "corrected.json").write_text(fixed % BEN)
    return Past(folder, azurite)


async def _live(settings: Settings) -> None:
    time = MovingClock()
    with clock.running_on(lambda: time.now):
        world = RecordedWorld(time, settings, SqliteDocuments(settings.home_folder / settings.sqlite))
        try:
            await world.live()
        finally:
            await world.close()


@pytest.fixture(scope="module")
def written_down() -> Iterator[dict[str, Any]]:
    """The recorded answers; when recording, what is put in is kept."""
    found = answers.read() if answers.FILE.exists() else {}
    yield found
    if RECORDING:
        answers.write({line: found[line] for line in READING if line in found})


@pytest.mark.parametrize("line", READING)
def test_a_command_answers_as_it_did(line: str, past: Past, written_down: dict[str, Any], tmp_path: Path) -> None:
    said = answer(line, past, tmp_path)

    if RECORDING:
        written_down[line] = said
        pytest.skip("written down, not compared")
    assert answers.as_text(said) == answers.as_text(written_down.get(line))


def answer(line: str, past: Past, folder: Path) -> dict[str, Any]:
    """Type a command with --json against a copy of the world; return its exit code and what can be compared of it."""
    shutil.copytree(past.folder / "home", folder / "home")
    files = {"folder": str(past.folder), "ada": ADA, "ben": BEN, "missing": cause_of(MISSING)}
    places = {
        "home": str(folder / "home"), "folder": str(past.folder), "project": str(PROJECT),
        "blobs": past.storage.blob_endpoint, "queues": past.storage.queue_endpoint,
    }  # fmt: skip
    words = [word.format(**files) for word in shlex.split(line)]
    if "--json" in options(COMMANDS[command_of(line)]):
        words.append("--json")
    with settings_of(environment(str(folder / "home"), past.storage.connection_string), folder), tokens_counted_out():
        said = typed(*words, at=NOW)
    assert "That is a defect" not in said.err, said.err
    return {"exit": said.code, "answer": answers.comparable(said.json(), places)}


def command_of(line: str) -> str:
    """Return the name of the command that a line types."""
    return max((name for name in COMMANDS if f"{line} ".startswith(f"{name} ")), key=len)


def test_every_command_that_prints_json_is_asked() -> None:
    asked = {command_of(line) for line in READING}
    printing = {name for name, command in COMMANDS.items() if "--json" in options(command)}

    assert printing - asked - set(NOT_ASKED) - CHANGING == set()


def test_what_is_written_down_is_asked(written_down: dict[str, Any]) -> None:
    assert RECORDING or list(written_down) == READING


def options(command: Any) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}
