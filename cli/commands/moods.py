"""`nightshift moods`: what is in the air, since when, and how much of it?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session
from cli.errors import NotFound
from cli.options import Json, Limit, examples

if TYPE_CHECKING:
    from rich.text import Text

    from shared.config import Settings
    from shared.documents.port import Body, Documents

app = typer.Typer(help="Moods found in scraped items, and their trends.", no_args_is_help=True)

Primary = Annotated[str | None, typer.Option("--primary", metavar="MOOD", help="Only of this primary mood.")]
Weeks = Annotated[int, typer.Option("--weeks", min=2, max=52, help="How many ISO weeks, this one last.")]
_BARS = "▁▂▃▄▅▆▇█"


@app.command("list", epilog=examples("nightshift moods list", "nightshift moods list --primary resort --json"))
def list_(primary: Primary = None, limit: Limit = 50, as_json: Json = False) -> None:
    """List the moods, the ones with the most items of the last four weeks first."""
    found = _moods(primary, weeks=4)[:limit]
    if as_json:
        output.print_json(output.items(found))
        return
    if not found:
        output.note("No mood has been found yet. Add sources, then: nightshift run scraper, nightshift run moods")
        return
    shown = output.table("id", "mood", "primary", "palette", "worn as", "items", right=("items",))
    for view in found:
        pieces = ", ".join(view["signals"].get("keyPieces", [])[:4])
        cells = [output.plain(view[name]) for name in ("id", "name", "primaryMood")]
        shown.add_row(*cells, _swatches(view), output.plain(pieces), str(view["recentItems"]))
    output.show(shown)


@app.command(epilog=examples("nightshift moods show 'linen resort'", "nightshift moods show 4f1c --json"))
def show(
    mood: Annotated[str, typer.Argument(metavar="MOOD", help="Its name, or its id (or the beginning of it).")],
    as_json: Json = False,
) -> None:
    """Show one mood: how it looks, where it was seen, and its trend."""
    found = [view for view in _moods(None, weeks=8) if view["id"].startswith(mood) or view["name"] == mood]
    if not found:
        raise NotFound(f"There is no mood {mood!r}. See: nightshift moods list")
    view = found[0]
    if as_json:
        output.print_json(view)
        return
    signals = {name: ", ".join(values) for name, values in view["signals"].items() if name != "palette"}
    facts = {
        "mood": view["name"],
        "primary": view["primaryMood"],
        "about": view["description"],
        "also": ", ".join(view["subMoods"]),
        **signals,
        "first seen": view["firstSeenAt"],
        "sources": len(view["sources"]),
        "compared by": view["embeddingModel"] or "nothing yet: its vector is made by the next run",
    }
    output.show(output.facts(facts), _swatches(view, named=True))
    output.show("  ".join(f"{week[-3:]} {count}" for week, count in view["weeks"].items()))


@app.command(epilog=examples("nightshift moods trend", "nightshift moods trend --weeks 12 --primary preppy"))
def trend(weeks: Weeks = 8, primary: Primary = None, limit: Limit = 20, as_json: Json = False) -> None:
    """Show how many distinct items support each mood, by ISO week."""
    found = _moods(primary, weeks=weeks)[:limit]
    if as_json:
        output.print_json(output.items({k: view[k] for k in ("id", "name", "primaryMood", "weeks")} for view in found))
        return
    if not found:
        output.note("No mood has been found yet.")
        return
    span = list(found[0]["weeks"])
    shown = output.table("mood", "primary", f"{span[0]} to {span[-1]}", "last", "this", right=("last", "this"))
    for view in found:
        counts = list(view["weeks"].values())
        cells = [output.plain(view["name"]), output.plain(view["primaryMood"]), sparkline(counts)]
        shown.add_row(*cells, *map(str, counts[-2:]))
    output.show(shown)


def sparkline(counts: list[int]) -> str:
    """Return one bar a count, the highest for the most; a space for none."""
    most = max(counts, default=0)
    return "".join(" " if not count else _BARS[(count * (len(_BARS) - 1) + most - 1) // most] for count in counts)


def _moods(primary: str | None, *, weeks: int) -> list[dict[str, Any]]:
    """Return the moods as --json prints them, with the counts of so many weeks, those of most items first."""

    async def work(documents: Documents, _: Settings) -> list[dict[str, Any]]:
        from processors.mood import stored
        from processors.mood.vocabulary import PRIMARY
        from shared.errors import UsageError

        if primary is not None and primary not in PRIMARY:
            raise UsageError(f"There is no primary mood {primary!r}; they are {', '.join(PRIMARY)}.")
        span = stored.newest_weeks(weeks)
        views = [_view(body, span) for body in await stored.all_of(documents) if primary in (None, body["primaryMood"])]
        return sorted(views, key=lambda view: (-view["recentItems"], view["name"]))

    return session.with_documents(work)


def _view(body: Body, span: list[str]) -> dict[str, Any]:
    counts = {week: body["trend"].get(week, 0) for week in span}
    return {
        **{name: body[name] for name in ("id", "name", "primaryMood", "firstSeenAt", "sources")},
        "subMoods": body.get("subMoods", []),
        "description": body.get("description", ""),
        "signals": body.get("signals", {}),
        "embeddingModel": body.get("embeddingModel"),
        "weeks": counts,
        "recentItems": sum(list(counts.values())[-4:]),
    }


def _swatches(view: dict[str, Any], *, named: bool = False) -> Text:
    """Return the palette as coloured blocks; with the colours' names if `named`, or where colours can't be seen."""
    from rich.text import Text

    made, named = Text(), named or not sys.stdout.isatty()
    for colour in view["signals"].get("palette", []):
        made.append("██", style=colour)
        made.append(f" {colour}  " if named else "")
    return made
