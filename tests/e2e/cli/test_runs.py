"""How are scheduled jobs seen and run from a terminal?"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.storage.queue import QueueServiceClient

from shared import clock
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.runs.ledger import Entry, Ledger
from tests.azurite import PROJECT, Azurite
from tests.e2e.cli.terminal import PATIENCE, Terminal

MONDAYS = "0 0 9 * * 1"


def terminal_with_rounds(folder: Path, azurite: Azurite, bytecode: Path) -> Terminal:
    """Return a terminal of an app that has the run `rounds`: five chores, each Monday at 09:00."""
    name = f"rounds-{uuid.uuid4().hex[:12]}"
    app = PROJECT / "tests" / "chaos" / "rounds_app"
    made = Terminal(
        folder, azurite.connection_string, f"likes-of-{name}", bytecode, module="tests.chaos.rounds_cli", app=app
    )
    made.environ |= {
        "CHORES_QUEUE": name, "CHORES_RUNNING": str(folder / "running"), "ROUNDS_SCHEDULE": MONDAYS,
        "ROUNDS_SHARDS": "5", "RUN_LOOK_SECONDS": "0.2",
    }  # fmt: skip
    with QueueServiceClient.from_connection_string(azurite.connection_string) as queues:
        for queue in (name, made.environ["RUN_QUEUE_NAME"]):
            queues.create_queue(queue)
    return made


@pytest.fixture
def rounds(azurite: Azurite, tmp_path: Path, bytecode: Path) -> Terminal:
    """Such a terminal, new; no host runs."""
    return terminal_with_rounds(tmp_path, azurite, bytecode)


@pytest.fixture(scope="module")
def hosted(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory, bytecode: Path) -> Iterator[Terminal]:
    """Such a terminal beside a host."""
    made = terminal_with_rounds(tmp_path_factory.mktemp("hosted"), azurite, bytecode)
    with made.host():
        yield made


def last_monday() -> datetime:
    """Return the latest slot."""
    now = datetime.now(UTC)
    nine = now.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())
    return nine if nine <= now else nine - timedelta(days=7)


def test_a_run_is_opened_waited_for_shown_and_forced(hosted: Terminal) -> None:
    slot = clock.to_text(last_monday())
    first = hosted.run("run", "rounds", "--wait", "--timeout", PATIENCE)
    assert (first.code, first.out.strip()) == (0, f"accepted  run rounds/{slot}  completed"), first.err

    again = hosted.run("run", "rounds", "--slot", slot, "--json")
    assert again.json()["answer"] == "duplicate"

    forced = hosted.run("run", "rounds", "--slot", slot, "--force", "--wait", "--timeout", PATIENCE, "--json").json()
    assert (forced["id"], forced["status"], forced["run"]["n"]) == (f"rounds|{slot}|1", "completed", 1)

    shown = hosted.run("runs", "show", f"rounds/{slot}", "--json").json()
    assert (shown["status"], shown["shards"], shown["counters"]) == ("completed", {"completed": 5}, {"rounds": 5})
    assert shown["by"].startswith("cli:")

    listed = hosted.run("runs", "list", "--name", "rounds", "--json").json()["items"]
    assert {entry["id"] for entry in listed} == {f"rounds|{slot}", f"rounds|{slot}|1"}
    assert "5 completed" in hosted.run("runs", "show", "rounds").out
    assert "completed" in hosted.run("schedule", "rounds").out


def test_a_run_without_a_host_is_waited_for_as_long_as_asked(rounds: Terminal) -> None:
    said = rounds.run("run", "rounds", "--wait", "--timeout", "0.5")

    assert said.code == 1
    assert "is still queued: no host has been seen yet. Start it: ./scripts/start." in said.err
    shown = rounds.run("runs", "show", f"rounds/{clock.to_text(last_monday())}", "--json").json()
    assert (shown["status"], shown["trigger"]) == ("queued", "manual")


def test_a_cancelled_run_says_so_to_whoever_waits_for_it(rounds: Terminal) -> None:
    slot = clock.to_text(last_monday())
    rounds.run("run", "rounds")

    cancelled = rounds.run("runs", "cancel", f"rounds/{slot}", "--why", "by mistake", "--yes")
    waited = rounds.run("run", "rounds", "--wait", "--timeout", "20")

    assert (cancelled.code, cancelled.out.strip()) == (0, f"cancelled  run rounds/{slot}")
    assert waited.code == 1
    assert f"Run rounds/{slot} is cancelled. To run the slot again: add --force" in waited.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "squares"), "There is no run 'squares'. Known are: rounds"),
        (("run", "rounds", "--slot", "2026-W48"), "it takes an instant, such as 2026-11-23T09:00:00.000Z"),
        (("run", "rounds", "--slot", "2026-11-23T09:00:01Z"), "is no slot of schedule '0 0 9 * * 1'"),
        (("run", "rounds", "--slot", "2046-11-26T09:00:00Z"), "is yet to come"),
        (("runs", "cancel", "rounds"), "Give its slot: nightshift runs cancel rounds/SLOT"),
        (
            ("schedule", "squares"),
            "Known are: AggregateMetrics, CatchUpRuns, DispatchAlerts, RescueJobs, WatchJobHealth, rounds",
        ),
    ],
)
def test_what_cannot_be_run_is_refused_with_what_can(rounds: Terminal, arguments: tuple[str, ...], says: str) -> None:
    said = rounds.run(*arguments)

    assert said.code == 2
    assert says in said.err


def test_missed_slots_are_listed_apart(rounds: Terminal) -> None:
    slot = last_monday() - timedelta(days=7)
    text = clock.to_text(slot)
    entry = Entry(f"rounds|{text}", "rounds", text, slot, "missed", "catch-up", "CatchUpRuns", timedelta(days=400))
    home = rounds.folder / "home"
    home.mkdir()
    asyncio.run(Ledger(SqliteDocuments(home / "nightshift.sqlite3")).write(entry, None))

    missed = rounds.run("runs", "missed", "--json").json()["items"]
    lately = rounds.run("runs", "missed", "--since", "1h")

    assert [one["id"] for one in missed] == [entry.id]
    assert (lately.out, lately.err.strip()) == ("", "No slot was missed.")


def test_an_app_that_has_run_nothing_says_so_and_shows_its_timers(terminal: Terminal) -> None:
    known = (
        "calls-backfill, digest, metrics-backfill, moods, pickup-rate, reconcile-metrics, reconcile-users, "
        "replay-dead-letters, scraper"
    )
    assert f"There is no run 'sleep'. Known are: {known}." in terminal.run("run", "sleep").err
    assert terminal.run("runs", "list", "--json").json() == {"items": [], "next": None}
    assert terminal.run("runs", "show", "digest").code == 1

    timers = terminal.run("schedule", "--json", "--count", "1", TZ="Asia/Kolkata").json()["items"]

    assert {timer["name"] for timer in timers} == {
        "digest",
        "moods",
        "pickup-rate",
        "reconcile-metrics",
        "reconcile-users",
        "scraper",
        "RescueJobs",
        "CatchUpRuns",
        "DispatchAlerts",
        "AggregateMetrics",
        "WatchJobHealth",
    }
    assert all(timer["last"] is None for timer in timers)
    (firing,) = next(timer["next"] for timer in timers if timer["name"] == "RescueJobs")
    assert firing["utc"].endswith(":45.000Z")
    assert firing["local"].endswith("+05:30")
    assert clock.parse(firing["local"]) == clock.parse(firing["utc"])
