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

app = typer.Typer(help="Moods found in scraped items, and their trends.", no_args_is_help=True)

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
        output.note("No mood has been found yet. Add sources, then: nightshift run scraper, nightshift run moods")
        return
    shown = output.table("id", "mood", "primary", "palette", "worn as", "items", right=("items",))
    for mood in found.items:
        pieces = ", ".join(mood.signals.get("keyPieces", [])[:4])
        cells = map(output.plain, (mood.id, mood.name, mood.primary_mood))
        shown.add_row(*cells, _swatches(mood), output.plain(pieces), str(mood.recent_items))
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
        output.note("No mood has been found yet.")
        return
    span = list(found.items[0].weeks)
    shown = output.table("mood", "primary", f"{span[0]} to {span[-1]}", "last", "this", right=("last", "this"))
    for mood in found.items:
        counts = list(mood.weeks.values())
        cells = [output.plain(mood.name), output.plain(mood.primary_mood), charts.sparkline(counts)]
        shown.add_row(*cells, *map(str, counts[-2:]))
    output.show(shown)


def _swatches(mood: Mood, *, named: bool = False) -> Text:
    """Return the palette as coloured blocks; with the colours' names if `named`, or where colours can't be seen."""
    from rich.text import Text

    made, named = Text(), named or not sys.stdout.isatty()
    for colour in mood.signals.get("palette", []):
        made.append("██", style=colour)
        made.append(f" {colour}  " if named else "")
    return made
