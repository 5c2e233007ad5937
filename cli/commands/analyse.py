"""`nightshift analyse`: what does an analyser find in these pictures?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import output, session, whoami
from cli.errors import Failed
from cli.options import Json, examples
from shared.errors import UsageError

if TYPE_CHECKING:
    from cli.csv_file import Row
    from operations.analyse import Analysed, Item
    from operations.ports import Documents
    from shared.config import Settings
    from shared.errors import RateLimited

app = typer.Typer()

_COLUMNS = ("id", "title", "image")
_MAX_BYTES = 64 * 1024 * 1024


@app.command(
    epilog=examples(
        "nightshift analyse products.csv --jsonl > findings.jsonl",
        "nightshift analyse https://shop.example/tee.jpg --title 'Red T-shirt' --analyser openai",
    )
)
def analyse(
    sources: Annotated[
        list[str], typer.Argument(metavar="FILE.csv|URL...", help="A file (UTF-8, with a header line), or addresses.")
    ],
    analyser: Annotated[
        Literal["local", "openai"],
        typer.Option("--analyser", help="local: on this machine. openai: by the model OPENAI_MODEL."),
    ] = "local",
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="Title of the item at the addresses.")] = "",
    lines: Annotated[bool, typer.Option("--jsonl", help="Print one JSON object a line.")] = False,
    as_json: Json = False,
) -> None:
    """Analyse the pictures of a CSV file, or at addresses; needs no host or queue.

    Columns: id, title (may be empty), image (a path beside the file, or an https address); others are ignored. A bad
    row gives its id and an error, the rest goes on, and the exit code is 1.
    """
    if lines and as_json:
        raise UsageError("Give --json or --jsonl, not both.")
    found: list[dict[str, Any]] = []

    def take(analysed: Analysed) -> None:
        found.append(analysed.members())
        if lines:
            output.print_json_line(found[-1])

    _analyse(_items(sources, title), analyser, take)
    sys.stdout.flush()
    if as_json:
        output.print_json(output.items(found))
    elif not lines:
        _show(found)
    bad = sum("error" in one for one in found)
    if bad:
        raise Failed(f"{bad} of {len(found)} rows could not be analysed; each says why.")


def _items(sources: list[str], title: str) -> list[Item]:
    from cli import csv_file
    from operations.analyse import Item
    from operations.pictures import is_url

    if all(map(is_url, sources)):
        return [Item(url, title, url) for url in sources]
    if len(sources) > 1:
        raise UsageError("Give one CSV file, or only addresses.")
    if title:
        raise UsageError("--title goes with addresses; a file has a column title.")
    file = Path(sources[0])
    return [_item(row, file.parent) for row in csv_file.rows(file, _COLUMNS)]


def _item(row: Row, folder: Path) -> Item:
    from operations.analyse import Item
    from operations.pictures import is_url

    item_id, title, image = row.cells.get("id") or None, row.cells.get("title", ""), row.cells.get("image", "")
    if row.problem:
        return Item(item_id, title, problem=Failed(f"line {row.line} {row.problem}"))
    if item_id is None or not image:
        return Item(item_id, title, problem=Failed(f"line {row.line}: {'image' if item_id else 'id'} is empty"))
    return Item(item_id, title, image) if is_url(image) else Item(item_id, title, read=partial(_read, folder / image))


def _read(path: Path) -> bytes:
    from cli import pictures

    return pictures.read(path, _MAX_BYTES).content


def _analyse(items: list[Item], analyser: str, take: Callable[[Analysed], None]) -> None:
    """Let `take` have what is found in each picture, as it comes."""
    if analyser == "openai":
        session.with_documents(lambda documents, settings: _by_model(documents, settings, items, take))
        return
    from operations import analyse

    settings = session.settings() if any(item.url for item in items) else None
    for found in analyse.locally(whoami.actor(), items, settings):
        take(found)


async def _by_model(
    documents: Documents, settings: Settings, items: list[Item], take: Callable[[Analysed], None]
) -> None:
    from operations.analyse_by_model import by_model

    def waits(limit: RateLimited) -> None:
        assert limit.retry_after is not None  # else it isn't waited for
        output.note(f"{limit}; continuing in {limit.retry_after.total_seconds():g} s.")

    async for found in by_model(documents, settings, whoami.actor(), items, waits):
        take(found)


def _show(found: list[dict[str, Any]]) -> None:
    shown = output.table(
        *("id", "colours", "garments", "brand", "keywords or error"), text="keywords or error", beneath=("brand",)
    )
    for one in found:
        cells = [one["id"]]
        if "error" in one:
            cells += ["", "", "", one["error"]]
        else:
            cells += [", ".join(one["colors"]), ", ".join(one["garments"]), one["brand"]]
            cells.append(", ".join(one["styleKeywords"]))
        shown.add_row(*map(output.plain, cells))
    output.show(shown)
