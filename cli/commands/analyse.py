"""`nightshift analyse`: what does an analyser say of these pictures?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import output, session
from cli.errors import Failed
from cli.options import Json
from shared.errors import UsageError

if TYPE_CHECKING:
    from cli.analysing import Item


def analyse(
    sources: Annotated[
        list[str], typer.Argument(metavar="FILE.csv|URL...", help="A file (UTF-8, with a header line), or addresses.")
    ],
    analyser: Annotated[
        Literal["local", "openai"],
        typer.Option("--analyser", help="local: this machine. openai: the model in settings."),
    ] = "local",
    title: Annotated[
        str, typer.Option("--title", metavar="TEXT", help="What the item at the addresses is called.")
    ] = "",
    lines: Annotated[bool, typer.Option("--jsonl", help="Print one JSON object a line.")] = False,
    as_json: Json = False,
) -> None:
    """Analyse the pictures of a CSV file, or at addresses; needs no host or queue.

    Columns: id, title (may be empty), image (a path beside the file, or an https address); others are ignored. A bad
    row gives its id and an error, the rest goes on, and the exit code is 1.
    """
    if lines and as_json:
        raise UsageError("Give --json or --jsonl, not both.")
    coming = _analysed(_items(sources, title), analyser)
    found = _printed_as_they_come(coming) if lines else list(coming)
    if as_json:
        output.print_json(output.items(found))
    elif not lines:
        _show(found)
    bad = sum("error" in one for one in found)
    if bad:
        raise Failed(f"{bad} of {len(found)} rows could not be analysed; each says why.")


def _items(sources: list[str], title: str) -> list[Item]:
    from cli import analysing, pictures

    if all(map(pictures.is_url, sources)):
        return [analysing.Item(url, title, url, Path()) for url in sources]
    if len(sources) > 1:
        raise UsageError("Give one CSV file, or only addresses.")
    if title:
        raise UsageError("--title goes with addresses; a file has a column title.")
    return analysing.items_of(Path(sources[0]))


def _analysed(items: list[Item], analyser: str) -> Iterator[dict[str, Any]]:
    from cli import analysing

    if analyser == "openai":
        from cli import analysing_by_model

        return analysing_by_model.analyse(items, session.settings())
    return analysing.analyse(items, session.settings() if analysing.needs_settings(items) else None)


def _printed_as_they_come(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = []
    for one in found:
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
        kept.append(one)
    sys.stdout.flush()
    return kept


def _show(found: list[dict[str, Any]]) -> None:
    shown = output.table("id", "colours", "garments", "brand", "keywords or error")
    for one in found:
        cells = [one["id"]]
        if "error" in one:
            cells += ["", "", "", one["error"]]
        else:
            cells += [", ".join(one["colors"]), ", ".join(one["garments"]), one["brand"]]
            cells.append(", ".join(one["styleKeywords"]))
        shown.add_row(*map(output.plain, cells))
    output.show(shown)
