"""Which chapters does the demo tell, and what does it tell first where one is told alone?"""

from __future__ import annotations

import subprocess

import pytest

from demo import chapters, terminal
from demo.terminal import DemoFailed
from tests.azurite import PROJECT
from tests.patience import LIMIT_SECONDS


def names(found: list[chapters.Chapter]) -> list[str]:
    return [chapter.name for chapter in found]


def test_without_a_name_all_are_told_and_nothing_before() -> None:
    told = chapters.chosen([])

    assert names(told) == [chapter.name for chapter in chapters.CHAPTERS]
    assert chapters.before(told) == []


def test_chapters_are_told_in_their_order_whatever_the_order_of_their_names() -> None:
    assert names(chapters.chosen(["recovery", "likes"])) == ["likes", "recovery"]


def test_what_a_chapter_builds_on_comes_before_it() -> None:
    assert names(chapters.before(chapters.chosen(["digest"]))) == ["likes", "scrape", "moods"]
    assert names(chapters.before(chapters.chosen(["digest", "likes"]))) == ["scrape", "moods"]


def test_a_chapter_names_earlier_ones_and_all_that_those_build_on() -> None:
    by_name = {chapter.name: chapter for chapter in chapters.CHAPTERS}
    for number, chapter in enumerate(chapters.CHAPTERS):
        earlier = {one.name for one in chapters.CHAPTERS[:number]}
        assert set(chapter.builds_on) <= earlier
        for needed in chapter.builds_on:
            assert set(by_name[needed].builds_on) <= set(chapter.builds_on)


def test_the_script_takes_and_explains_every_chapter() -> None:
    script = (PROJECT / "scripts/demo").read_text()

    told = [chapter.name for chapter in chapters.CHAPTERS]
    assert f"tells only these:\n#             {', '.join(told)}\n" in script
    assert f"--tour | {' | '.join(told)})" in script


def test_a_chapter_that_there_is_not_is_refused() -> None:
    said = subprocess.run(
        ["./scripts/demo", "digets"], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS
    )

    assert said.returncode == 1
    assert "unknown argument digets" in said.stderr


def test_what_never_comes_ends_the_demo_with_what_was_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "PATIENCE_SECONDS", 0.0)

    with pytest.raises(DemoFailed, match="the job did not complete"):
        terminal.wait_until(lambda: False, "the job did not complete")
