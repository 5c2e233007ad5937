"""How are calls, rates and alerts handled from a terminal?"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.storage.queue import QueueServiceClient

from tests.azurite import Azurite
from tests.e2e.cli.terminal import Terminal


@pytest.fixture
def terminal(azurite: Azurite, tmp_path: Path, bytecode: Path) -> Terminal:
    """A terminal with a store of its own."""
    made = Terminal(tmp_path, azurite.connection_string, f"alerts-{uuid.uuid4().hex[:8]}", bytecode)
    with QueueServiceClient.from_connection_string(azurite.connection_string) as queues:
        queues.create_queue(made.environ["NOTIFICATION_QUEUE_NAME"])
    return made


def call(n: int, **more: str) -> dict[str, str]:
    """Return a call of ten minutes ago that nobody picked up."""
    at = (datetime.now(UTC) - timedelta(minutes=10)).isoformat(timespec="milliseconds")
    return {
        "id": f"call-{n}", "merchantId": "m1", "status": "FINISHED", "outcome": "NO_ANSWER", "initiatedAt": at,
        "updatedAt": at, **more,
    }  # fmt: skip


def test_calls_are_imported_shown_and_alerted_of(terminal: Terminal) -> None:
    lines = [json.dumps(call(n)) for n in range(30)]
    file = terminal.write("calls.jsonl", *lines, '{"id": "x"}', "{", lines[0])

    imported = terminal.run("calls", "import", str(file), "--json")

    assert imported.code == 1
    report = imported.json()
    assert report["taken"] + report["known"] == 31
    assert [failure["line"] for failure in report["failed"]] == [31, 32]
    assert "merchantId: Field required" in report["failed"][0]["error"]
    shown = terminal.run("pickup-rate", "show", "--json").json()
    assert (shown["verdict"], shown["callRate"]) == ("breach", {"percent": 0.0, "picked": 0, "total": 30})
    assert "Call rate: 0.0 % (0 of 30): BELOW (40 %)" in terminal.run("pickup-rate", "show").out

    assert "No scope is due" in terminal.run("pickup-rate", "check").err
    assert terminal.run("pickup-rate", "config", "set", "enabled=true").out == "global: enabled=True\n"
    assert terminal.run("pickup-rate", "check", "--json").json() == {"verdicts": {"global": "breach"}}
    (state,) = terminal.run("alerts", "states", "--json").json()["items"]
    assert (state["state"], state["scope"], state["unsent"]) == ("FIRING", "global", 0)
    (told,) = terminal.run("alerts", "history", "--json").json()["items"]
    assert (told["kind"], told["title"]) == ("firing", "Pickup rate below 40 %: global")
    assert "nobody yet" in terminal.run("alerts", "history").out

    assert "silent until" in terminal.run("alerts", "silence", "pickup-rate", "global", "--for", "2h").out
    (state,) = terminal.run("alerts", "states", "--json").json()["items"]
    assert state["silencedUntil"] is not None
    assert "told again" in terminal.run("alerts", "silence", "pickup-rate", "global", "--end").out


def test_calls_are_imported_from_csv(terminal: Terminal) -> None:
    header = list(call(0))
    rows = [",".join(call(n).values()) for n in range(3)]
    file = terminal.write("calls.csv", ",".join(header), *rows, "x,m1")

    imported = terminal.run("calls", "import", str(file))

    assert (imported.code, imported.out) == (1, "3 calls taken in, 0 known already as they are or newer.\n")
    assert "line 5: has 2 cells, the header has 6" in imported.err
    undated = terminal.write(
        "undated.csv", "call_id,merchantId,status,endedAt", "a,m1,FINISHED,", f"b,m1,FINISHED,{call(0)['updatedAt']}"
    )
    imported = terminal.run("calls", "import", str(undated))
    assert (imported.code, imported.out) == (1, "1 call taken in, 0 known already as they are or newer.\n")
    assert "line 2: updatedAt: missing" in imported.err
    again = terminal.run("calls", "import", str(undated)).out
    assert again == "1 call, all known as they are or newer: nothing has changed.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pickup-rate", "config", "set", "threshold=140"), "threshold of global can't be '140'"),
        (("pickup-rate", "config", "set", "treshold=40"), "Known are: enabled, interval_seconds, threshold"),
        (("pickup-rate", "config", "set", "threshold"), "isn't NAME=VALUE"),
        (("pickup-rate", "config", "set", "--scope", "everybody", "threshold=40"), "is no scope"),
        (("pickup-rate", "show", "--lookback", "long"), "is no length of time"),
        (("alerts", "silence", "pickup-rate", "global"), "Say how long with --for 2h"),
        (("calls", "import", "nowhere.jsonl"), "nowhere.jsonl can't be read"),
    ],
)
def test_what_can_not_be_is_refused_with_the_remedy(terminal: Terminal, arguments: tuple[str, ...], says: str) -> None:
    said = terminal.run(*arguments)

    assert (said.code, says in said.err) == (2, True), said.err


def test_numbers_are_shown_with_what_they_inherit(terminal: Terminal) -> None:
    terminal.run("pickup-rate", "config", "set", "threshold=45")
    terminal.run("pickup-rate", "config", "set", "--scope", "merchant:m1", "evaluation=wilson")

    found = {one["scope"]: one for one in terminal.run("pickup-rate", "config", "get", "--json").json()["items"]}

    assert (found["merchant:m1"]["threshold"], found["merchant:m1"]["evaluation"]) == (45.0, "wilson")
    assert found["merchant:m1"]["own"] == {"evaluation": "wilson"}
    assert "wilson (own)" in terminal.run("pickup-rate", "config", "get", "--scope", "merchant:m1").out
    terminal.run("pickup-rate", "config", "set", "--scope", "merchant:m1", "evaluation=null")
    assert terminal.run("pickup-rate", "config", "get", "--json").json()["items"][1]["evaluation"] == "threshold"


def test_a_channel_is_tested(terminal: Terminal) -> None:
    assert terminal.run("notify", "test", "outbox").out == "outbox took it.\n"

    unset = terminal.run("notify", "test", "slack")

    assert (unset.code, "set SLACK_WEBHOOK_URL" in unset.err) == (1, True)
