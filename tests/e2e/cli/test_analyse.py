"""What does `nightshift analyse` print? It has no storage account, no store and no settings here."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.cli.terminal import SAMPLE, Said, Terminal


@pytest.fixture
def alone(tmp_path: Path, bytecode: Path) -> Terminal:
    """A terminal with pictures beside it and nothing else."""
    made = Terminal(tmp_path, "", "none", bytecode)
    shutil.copytree(SAMPLE / "pictures", tmp_path / "pictures")
    return made


def analyse(terminal: Terminal, file: Path, *options: str) -> Said:
    return terminal.run("analyse", str(file), *options, without=tuple(terminal.environ.keys() - {"PATH"}))


def objects(said: Said) -> list[dict[str, object]]:
    return [json.loads(line) for line in said.out.splitlines()]


def test_each_row_gives_one_object_a_line_in_order(alone: Terminal) -> None:
    file = alone.write(
        "items.csv",
        "id,note,title,image",
        "1,x,Red High Heels,pictures/red-heels.png",
        "2,y,,pictures/plum-cap.png",
    )

    said = analyse(alone, file, "--jsonl")

    assert said.code == 0, said.err
    first, second = objects(said)
    assert list(first) == ["id", "colors", "garments", "styleKeywords", "brand"]
    assert (first["id"], first["colors"]) == ("1", ["red"])
    assert (second["id"], second["garments"], second["brand"]) == ("2", [], None)


def test_columns_beside_id_title_and_image_change_nothing(alone: Terminal) -> None:
    rows = [("1", "Red High Heels", "pictures/red-heels.png"), ("2", "", "pictures/plum-cap.png")]
    cut = alone.write("cut.csv", "id,title,image", *map(",".join, rows))
    whole = alone.write(
        "whole.csv",
        "colour,id,garment,title,brand,image,tags,category",
        *(f"green,{number},hat,{title},Acme,{image},sporty,Bags" for number, title, image in rows),
    )

    assert analyse(alone, whole, "--jsonl").out == analyse(alone, cut, "--jsonl").out


def test_a_bad_row_gives_its_error_and_exit_code_1_at_the_end(alone: Terminal) -> None:
    alone.write("words.txt", "not a picture")
    file = alone.write(
        "items.csv",
        "id,title,image",
        "gone,,pictures/gone.png",
        "text,,words.txt",
        "empty,,",
        "short,",
        "good,,pictures/plum-cap.png",
    )

    said = analyse(alone, file, "--jsonl")

    assert said.code == 1
    found = objects(said)
    assert [one["id"] for one in found if set(one) == {"id", "error"}] == ["gone", "text", "empty", "short"]
    assert found[-1]["id"] == "good"
    assert "colors" in found[-1]
    assert "4 of 5 rows" in said.err


def test_a_long_file_comes_in_order_from_several_processes(alone: Terminal) -> None:
    names = [path.name for path in sorted((alone.folder / "pictures").glob("*.png"))]
    rows = [f"{number},,pictures/{names[number % len(names)]}" for number in range(70)]
    file = alone.write("items.csv", "id,title,image", *rows)

    said = analyse(alone, file, "--jsonl")

    found = objects(said)
    assert [one["id"] for one in found] == [str(number) for number in range(70)]
    assert found[0]["colors"] == found[len(names)]["colors"]


def test_json_is_one_document(alone: Terminal) -> None:
    file = alone.write("items.csv", "id,title,image", "1,,pictures/red-heels.png")

    said = analyse(alone, file, "--json")

    assert [item["id"] for item in said.json()["items"]] == ["1"]
    assert said.json()["next"] is None


def test_a_file_that_is_not_there_is_a_usage_error(alone: Terminal) -> None:
    said = analyse(alone, alone.folder / "nowhere.csv", "--jsonl")

    assert (said.code, said.out) == (2, "")
    assert "can't be read" in said.err
