"""What does `nightshift wardrobe` leave in the store and say?"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.e2e.cli.terminal import SAMPLE, Terminal

HEADER = "item_id,user_id,title,brand,category,tags,price,image"


@pytest.fixture
def picture(terminal: Terminal) -> str:
    """The name of a picture beside the terminal's files."""
    shutil.copy(SAMPLE / "pictures" / "plum-cap.png", terminal.folder / "cap.png")
    return "cap.png"


def import_rows(terminal: Terminal, *rows: str, header: str = HEADER) -> Path:
    return terminal.write("items.csv", header, *rows)


def test_an_imported_item_has_its_picture_uploaded_and_its_price_in_micro_usd(terminal: Terminal, picture: str) -> None:
    file = import_rows(terminal, f'cap-1,ada,"Cap, plum",Fellside,Caps,casual; red,24.90,{picture}')

    imported = terminal.run("wardrobe", "import", str(file), "--json")

    assert imported.json() == {"created": 1, "updated": 0, "known": 0, "failed": []}
    (item,) = terminal.run("wardrobe", "list", "ada", "--json").json()["items"]
    url = item.pop("imageUrl")
    assert url.endswith("/wardrobe-images/ada/cap-1.png")
    assert item == {
        "id": "cap-1",
        "userId": "ada",
        "title": "Cap, plum",
        "brand": "Fellside",
        "category": "Caps",
        "tags": ["casual", "red"],
        "priceMicroUsd": 24_900_000,
        "thumbnail": "ada/cap-1.thumb.jpg",
        "schemaVersion": 1,
    }


def test_importing_registers_the_owners(terminal: Terminal, picture: str) -> None:
    rows = [f"cap-{n},{user},Cap,,,,,{picture}" for n, user in enumerate(["ada", "zoe", "ada"])]

    terminal.run("wardrobe", "import", str(import_rows(terminal, *rows)))

    with sqlite3.connect(Path(terminal.environ["NIGHTSHIFT_HOME"]) / "nightshift.sqlite3") as connection:
        assert sorted(connection.execute("SELECT id FROM users")) == [("ada",), ("zoe",)]
    connection.close()


def test_importing_again_keeps_what_the_file_does_not_say(terminal: Terminal, picture: str) -> None:
    terminal.run("wardrobe", "import", str(import_rows(terminal, f"cap-1,ada,Cap,,,,,{picture}")))
    store = Path(terminal.environ["NIGHTSHIFT_HOME"]) / "nightshift.sqlite3"
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE wardrobe SET body = json_set(body, '$.wearCount', 7)")
    connection.close()

    imported = terminal.run("wardrobe", "import", str(import_rows(terminal, f"cap-1,ada,Plum cap,,,,,{picture}")))

    assert imported.out == "0 items imported, 1 brought up to date.\n"
    (item,) = terminal.run("wardrobe", "list", "ada", "--json").json()["items"]
    assert (item["title"], item["wearCount"]) == ("Plum cap", 7)
    again = terminal.run("wardrobe", "import", str(import_rows(terminal, f"cap-1,ada,Plum cap,,,,,{picture}")))
    assert again.out == "1 item, all known as they are: nothing has changed.\n"


def test_a_bad_row_is_reported_with_its_line_and_the_rest_goes_on(terminal: Terminal, picture: str) -> None:
    terminal.write("notes.txt", "no picture")
    rows = (
        f"good,ada,,,,,,{picture}",
        f",ada,,,,,,{picture}",
        f"dear,ada,,,,,a lot,{picture}",
        "gone,ada,,,,,,gone.png",
        "text,ada,,,,,,notes.txt",
        f"wide,ada,,,,a,b,1,{picture}",
        f"last,ada,,,,,,{picture}",
    )

    imported = terminal.run("wardrobe", "import", str(import_rows(terminal, *rows)), "--json")

    assert imported.code == 1
    report = imported.json()
    assert report["created"] == 2
    assert [failure["line"] for failure in report["failed"]] == [3, 4, 5, 6, 7]
    assert "line 4: price is 'a lot'" in imported.err
    assert "5 rows couldn't be imported" in imported.err


def test_ids_that_no_blob_name_may_hold_are_imported_all_the_same(terminal: Terminal, picture: str) -> None:
    terminal.run("wardrobe", "import", str(import_rows(terminal, f"../hat/ü,ada lovelace,,,,,,{picture}")))

    (item,) = terminal.run("wardrobe", "list", "ada lovelace", "--json").json()["items"]

    assert item["id"] == "../hat/ü"
    assert ".." not in item["imageUrl"]


def test_what_would_die_later_is_refused_at_once(terminal: Terminal, picture: str) -> None:
    whole = (terminal.folder / picture).read_bytes()
    (terminal.folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    rows = (
        f"a\x00b,ada,,,,,,{picture}",
        f"a,a\x01da,,,,,,{picture}",
        "b,ada,,,,,,cut.png",
        "c,ada,,,,,,https://ada:secret@shop.example/c.jpg",
    )

    imported = terminal.run("wardrobe", "import", str(import_rows(terminal, *rows)), "--json")

    assert [failure["line"] for failure in imported.json()["failed"]] == [2, 3, 4, 5]
    assert "item_id holds a control character" in imported.err
    assert "secret" not in imported.out + imported.err
    assert terminal.run("wardrobe", "list", "ada", "--json").json()["items"] == []


def test_a_file_without_a_column_is_refused_with_its_name(terminal: Terminal) -> None:
    file = import_rows(terminal, "1,ada", header="item_id,user_id")

    imported = terminal.run("wardrobe", "import", str(file))

    assert imported.code == 2
    assert "has no column title, brand" in imported.err


def test_a_user_without_items_is_told_how_to_get_some(terminal: Terminal) -> None:
    listed = terminal.run("wardrobe", "list", "nobody")

    assert (listed.code, listed.out) == (0, "")
    assert "nightshift wardrobe import" in listed.err
    assert terminal.run("wardrobe", "list", "nobody", "--json").json() == {"items": [], "next": None}
