"""How are sources and moods seen and changed from a terminal?"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from demo.feeds_double import Shown, serving
from processors.mood.stored import newest_weeks
from shared.documents.containers import AUDIT, MOODS, SCRAPED_ITEMS, SCRAPER_SOURCES, Container
from shared.documents.sqlite import SqliteDocuments
from tests.azurite import Azurite
from tests.e2e.cli.terminal import Terminal

FEED = "https://shop.example/feed.xml"
MOOD = {
    "id": "4f1c000000000000", "primaryMood": "resort", "name": "linen resort", "description": "Resort in linen.",
    "subMoods": ["coastal"], "sources": ["a"], "firstSeenAt": "2026-11-24T06:00:00.000Z", "asOf": "", "weeks": {},
    "signals": {"palette": ["#fafafa"], "patterns": [], "silhouettes": [], "fabrics": [], "keyPieces": ["dress"]},
    "embedding": "AAADAA==", "embeddingModel": "local-ngrams-256-1", "schemaVersion": 1,
}  # fmt: skip


@pytest.fixture
def terminal(azurite: Azurite, tmp_path: Path, bytecode: Path) -> Terminal:
    """A terminal with a store of its own."""
    return Terminal(tmp_path, azurite.connection_string, "sources", bytecode)


def stored(terminal: Terminal, container: Container) -> list[dict[str, object]]:
    """Return the documents of a container."""

    async def read() -> list[dict[str, object]]:
        documents = SqliteDocuments(terminal.folder / "home" / "nightshift.sqlite3")
        found = [document.body async for document in documents.query(container)]
        await documents.close()
        return found

    return asyncio.run(read())


def test_a_source_is_added_listed_paused_and_resumed(terminal: Terminal) -> None:
    added = terminal.run("sources", "add", f"{FEED}?utm_source=x", "--name", "The Shop", "--json").json()
    assert (added["answer"], added["type"], added["url"]) == ("added", "rss", f"{FEED}?utm_source=x")
    assert terminal.run("sources", "add", FEED, "--json").json()["answer"] == "duplicate"

    paused = terminal.run("sources", "pause", "The Shop", "--reason", "they asked us to")
    assert (paused.code, paused.out) == (0, "The Shop is paused.\n")
    (listed,) = terminal.run("sources", "list", "--json").json()["items"]
    assert (listed["active"], listed["pausedReason"], listed["lastCounts"]) == (False, "they asked us to", {})
    assert "they asked us to" in terminal.run("sources", "list").out

    assert terminal.run("sources", "resume", added["id"][:6]).code == 0
    (listed,) = terminal.run("sources", "list", "--json").json()["items"]
    assert (listed["active"], listed["pausedReason"]) == (True, None)
    assert [line["action"] for line in stored(terminal, AUDIT)] == ["add source", "pause source", "resume source"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("add", "http://shop.example/feed.xml"), 1, "only https addresses are fetched"),
        (("add", "https://127.0.0.1/feed.xml"), 1, "isn't on the public internet"),
        (("add", "not an address"), 2, "isn't an address"),
        (("add", FEED, "--type", "gopher"), 2, "Types are: rss, an RSS or Atom feed"),
        (("pause", "nobody", "--reason", "x"), 2, "There is no source 'nobody'. See: nightshift sources list"),
        (("test", "https://169.254.169.254/latest"), 1, "isn't fetched"),
    ],
)
def test_what_can_not_be_done_is_told_with_the_remedy(
    terminal: Terminal, arguments: tuple[str, ...], code: int, says: str
) -> None:
    said = terminal.run("sources", *arguments)

    assert said.code == code
    assert says in said.err
    assert stored(terminal, SCRAPER_SOURCES) == []


def test_a_test_shows_what_would_be_taken_and_stores_nothing(terminal: Terminal) -> None:
    product = {"@type": "Product", "name": "Linen dress", "offers": {"price": 89.9, "priceCurrency": "EUR"}}
    page = f"<script type='application/ld+json'>{json.dumps(product)}</script>".encode()
    with serving({"/dress": Shown(page, "text/html")}) as site:
        shown = terminal.run("sources", "test", site.url("/dress"), FETCH_ALLOWED_LOCAL=site.host)
        told = terminal.run("sources", "test", site.url("/dress"), "--json", FETCH_ALLOWED_LOCAL=site.host).json()

    assert "Linen dress" in shown.out
    assert "89.90 EUR" in shown.out
    assert (told["type"], told["listed"], told["items"][0]["priceMicro"]) == ("page", 1, 89_900_000)
    assert stored(terminal, SCRAPER_SOURCES) == stored(terminal, SCRAPED_ITEMS) == []


def test_moods_are_listed_shown_and_their_trend_drawn(terminal: Terminal) -> None:
    assert "nightshift run moods" in terminal.run("moods", "list").err

    async def store() -> None:
        documents = SqliteDocuments(terminal.folder / "home" / "nightshift.sqlite3")
        last, this = newest_weeks(2)
        await documents.create(MOODS, {**MOOD, "trend": {last: 2, this: 7}})
        await documents.close()

    asyncio.run(store())

    (listed,) = terminal.run("moods", "list", "--primary", "resort", "--json").json()["items"]
    assert (listed["name"], listed["recentItems"]) == ("linen resort", 9)
    assert "#fafafa" in terminal.run("moods", "list").out
    assert "Resort in linen." in terminal.run("moods", "show", "4f1c").out
    assert "▃█" in terminal.run("moods", "trend").out
    assert terminal.run("moods", "list", "--primary", "edgy", "--json").json()["items"] == []
    assert terminal.run("moods", "show", "nothing").code == 1
    assert "They are minimal," in terminal.run("moods", "list", "--primary", "happy").err
