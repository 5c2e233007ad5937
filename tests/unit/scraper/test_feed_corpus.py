"""Is a feed read, or refused with a reason, whatever its format, its encoding, and what has happened to it?"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.azurite import PROJECT
from tests.unit.scraper.feed_corpus import FEEDS, made

MOST_SECONDS = 300
"""For all feeds together, which take a few seconds: whoever takes longer hangs."""
MOST_CPU_SECONDS = 10.0


@pytest.fixture(scope="module")
def said() -> list[dict[str, Any]]:
    """What the reader said of each feed."""
    command = [sys.executable, "-m", "tests.unit.scraper.feed_corpus"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=MOST_SECONDS)
    assert done.returncode == 0, done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_no_feed_makes_the_reader_fail_or_hang(said: list[dict[str, Any]]) -> None:
    assert [one["number"] for one in said] == list(range(FEEDS))
    assert [one for one in said if one["seconds"] > MOST_CPU_SECONDS] == []


def test_what_is_refused_has_a_reason(said: list[dict[str, Any]]) -> None:
    assert {one["refused"] for one in said if "refused" in one} == {"feed_broken"}


def test_every_entry_of_a_feed_that_is_all_there_is_read(said: list[dict[str, Any]]) -> None:
    feeds = [(one, made(one["number"])) for one in said]

    assert [(one, feed) for one, feed in feeds if feed.is_readable and one.get("titles") != list(feed.titles)] == []
