"""What may a text from a message do to a terminal? Nothing. And how are ids shown?"""

from __future__ import annotations

import json

import pytest

from cli import output

HOSTILE = "a\x1b[31mb\x9b2Jc\u202ed"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Felt hat, größer", "Felt hat, größer"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb\x07\u202e", "a\\rb\\x07\\u202e"),
        ("two\nlines", "two\nlines"),
        (None, ""),
        (7, "7"),
    ],
)
def test_control_characters_are_spelled_out(text: object, shown: str) -> None:
    assert output.plain(text) == shown


def test_markup_in_a_cell_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    shown = output.table("title")
    shown.add_row(output.plain("[bold]hat[/bold] :smile:"))

    output.show(shown)

    assert "[bold]hat[/bold] :smile:" in capsys.readouterr().out


def test_facts_leave_out_what_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    output.show(output.facts({"job": "j1", "due": None, "why": ""}))

    assert capsys.readouterr().out.split() == ["job", "j1"]


def test_whatever_a_command_shows_is_spelled_out(capsys: pytest.CaptureFixture[str]) -> None:
    output.show(f"cancelled  job {HOSTILE}", "two\nlines")
    output.note(f"cancelled  job {HOSTILE}")
    output.print_json({"job": HOSTILE})

    out, err = capsys.readouterr()

    assert all(line.isprintable() for line in (*out.split("\n"), *err.split("\n")))
    assert "two\nlines" in out
    assert json.loads(out[out.index("{") :])["job"] == HOSTILE


HASH, ALIKE = "5f2c9a81d0e4" + "a" * 52, "5f2c9a81d0e4" + "b" * 52


@pytest.mark.parametrize(
    ("id", "shown"),
    [
        (HASH, "5f2c9a81d0e4"),
        ("like-1", "like-1"),
        ("digest|2026-W48", "digest/2026-W48"),
        ("a/b|c", "a/b|c"),
        ("a-job-that-somebody-has-named-at-length", "a-job-that-somebody-has-"),
    ],
)
def test_an_id_is_short_and_means_nothing_to_a_shell(id: str, shown: str) -> None:
    assert output.short(id) == shown


def test_ids_of_one_table_are_as_long_as_tells_them_apart() -> None:
    assert output.shortened([HASH, ALIKE, HASH, "like-1"]) == {
        HASH: "5f2c9a81d0e4a",
        ALIKE: "5f2c9a81d0e4b",
        "like-1": "like-1",
    }


def test_a_long_line_is_left_to_the_terminal_so_that_a_command_in_it_can_be_copied(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")

    output.show("Replay it: nightshift dead-letters replay 5f2c9a")

    assert capsys.readouterr().out == "Replay it: nightshift dead-letters replay 5f2c9a\n"
