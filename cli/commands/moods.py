"""`nightshift moods`: which moods were found, since when, and how do they trend?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli import charts, output, session, whoami
from cli.options import Json, Limit, examples

if TYPE_CHECKING:
    from rich.text import Text

    from operations.moods import Mood

app = typer.Typer(name="moods", help="Moods found in scraped items, and their trends.", no_args_is_help=True)

Primary = Annotated[str | None, typer.Option("--primary", metavar="MOOD", help="Only of this primary mood.")]
Weeks = Annotated[int, typer.Option("--weeks", min=2, max=52, help="Number of ISO weeks, ending with this one.")]


@app.command("list", epilog=examples("nightshift moods list", "nightshift moods list --primary resort --json"))
def list_(primary: Primary = None, limit: Limit = 50, as_json: Json = False) -> None:
    """List moods, sorted by their number of items in the last four weeks."""
    from operations import moods

    found = session.with_documents(
        lambda documents, _: moods.search(documents, whoami.actor(), primary=primary, limit=limit)
    )
    if as_json:
        output.print_json(found)
        return
    if not found.items:
        output.note(
            f"No mood is {primary}. All: nightshift moods list"
            if primary
            else "No mood has been found yet. Add sources, then: nightshift run scraper, nightshift run moods"
        )
        return
    shown = output.table(
        *("id", "mood", "primary", "items", "palette", "worn as"),
        right=("items",),
        text="worn as",
        beneath=("palette",),
    )
    ids = output.shortened(mood.id for mood in found.items)
    for mood in found.items:
        pieces = ", ".join(mood.signals.get("keyPieces", [])[:4])
        cells = map(output.plain, (ids[mood.id], mood.name, mood.primary_mood, mood.recent_items))
        shown.add_row(*cells, _swatches(mood), output.plain(pieces))
    output.show(shown)


@app.command(epilog=examples("nightshift moods show 'linen resort'", "nightshift moods show 4f1c --json"))
def show(
    mood: Annotated[str, typer.Argument(metavar="MOOD", help="Its name, or its id (or the beginning of it).")],
    as_json: Json = False,
) -> None:
    """Show one mood: its palette, its sources and its trend."""
    from operations import moods

    found = session.with_documents(lambda documents, _: moods.get(documents, whoami.actor(), mood))
    if as_json:
        output.print_json(found)
        return
    signals = {name: ", ".join(values) for name, values in found.signals.items() if name != "palette"}
    facts = {
        "mood": found.name,
        "primary": found.primary_mood,
        "about": found.description,
        "also": ", ".join(found.sub_moods),
        **signals,
        "first seen": found.first_seen_at,
        "sources": len(found.sources),
        "compared by": found.embedding_model or "nothing yet: its vector is made by the next run",
    }
    output.show(output.facts(facts), _swatches(found, named=True))
    output.show("  ".join(f"{week[-3:]} {count}" for week, count in found.weeks.items()))


@app.command(epilog=examples("nightshift moods trend", "nightshift moods trend --weeks 12 --primary preppy"))
def trend(weeks: Weeks = 8, primary: Primary = None, limit: Limit = 20, as_json: Json = False) -> None:
    """Show how many distinct items support each mood, by ISO week."""
    from operations import moods

    found = session.with_documents(
        lambda documents, _: moods.trends(documents, whoami.actor(), primary=primary, weeks=weeks, limit=limit)
    )
    if as_json:
        output.print_json(found)
        return
    if not found.items:
        output.note(f"No mood {f'is {primary}' if primary else 'has been found yet'}.")
        return
    span = list(found.items[0].weeks)
    shown = output.table(
        *("mood", "primary", "last", "this", f"{span[0]} to {span[-1]}"), right=("last", "this"), beneath=("primary",)
    )
    for mood in found.items:
        counts = list(mood.weeks.values())
        cells = [mood.name, mood.primary_mood, *counts[-2:]]
        shown.add_row(*map(output.plain, cells), charts.sparkline(counts))
    output.show(shown)


def _swatches(mood: Mood, *, named: bool = False) -> Text:
    """Return the palette as coloured blocks; with the colours' names if `named`, or where colours can't be seen."""
    from rich.text import Text

    made, named = Text(), named or not sys.stdout.isatty()
    for colour in mood.signals.get("palette", []):
        made.append("██", style=colour)
        made.append(f" {colour}  " if named else "")
    return made
