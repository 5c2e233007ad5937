"""`nightshift analyse`: what does the local analyser say of these pictures?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import output
from cli.errors import Failed
from cli.options import Json
from shared.errors import UsageError


def analyse(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="UTF-8, with a header line.")],
    lines: Annotated[bool, typer.Option("--jsonl", help="Print one JSON object a line.")] = False,
    as_json: Json = False,
) -> None:
    """Analyse the pictures of a CSV file on this machine; needs no host, queue or store.

    Columns: id, title (may be empty), image (a path beside the file); others are ignored. A bad row gives its id and
    an error, the rest goes on, and the exit code is 1.
    """
    if lines and as_json:
        raise UsageError("Give --json or --jsonl, not both.")
    from cli import analysing

    found = _printed_as_they_come(analysing.analyse(file)) if lines else list(analysing.analyse(file))
    if as_json:
        output.print_json(output.items(found))
    elif not lines:
        _show(found)
    bad = sum("error" in one for one in found)
    if bad:
        raise Failed(f"{bad} of {len(found)} rows could not be analysed; each says why.")


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
