"""Do the traps of earlier systems stay shut where real processes, a real store and a real queue meet?"""

from __future__ import annotations

from pathlib import Path

from tests.e2e.cli import letters
from tests.e2e.cli.terminal import Terminal

LIKE = '{"user_id": "ada", "item_id": "hat", "image_url": "http://127.0.0.1/hat.png"}'


def test_an_outage_of_the_store_poisons_no_good_message(terminal: Terminal) -> None:
    store = Path(terminal.environ["NIGHTSHIFT_HOME"]) / "nightshift.sqlite3"
    store.mkdir(parents=True)  # no file can be opened there

    with terminal.host():
        terminal.run("enqueue", "taste", "--raw", "-", stdin=LIKE)
        letters.wait_for_log(terminal, "document store")

    store.rmdir()
    depths = {queue["name"]: queue["depth"] for queue in terminal.run("status", "--json").json()["queues"]}
    queue = letters.queue_of(terminal)
    assert {name: depth for name, depth in depths.items() if depth} == {queue: 1}
    assert letters.statuses(terminal) == {}
