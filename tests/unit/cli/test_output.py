"""What may a text from a message do to a terminal? Nothing."""

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
