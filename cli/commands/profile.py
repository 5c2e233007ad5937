"""`nightshift profile`: what is known of a user's taste, and from which pictures?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times, whoami
from cli.options import Json, examples

if TYPE_CHECKING:
    from cli.listing import Listing
    from operations.ports import Body, Documents

app = typer.Typer(name="profile", help="Taste profiles.", no_args_is_help=True)

_FACETS = (("Colours", "colors"), ("Garments", "garments"), ("Style keywords", "styleKeywords"), ("Brands", "brands"))
_BAR_CELLS = 20


@app.callback()
def profiles() -> None:
    """Taste profiles."""


@app.command(epilog=examples("nightshift profile show ada", "nightshift profile show ada --evidence --json"))
def show(
    user: Annotated[str, typer.Argument(metavar="USER")],
    evidence: Annotated[bool, typer.Option("--evidence", help="Also list the pictures it comes from.")] = False,
    top: Annotated[int, typer.Option("--top", min=1, help="Show at most so many words a table.")] = 12,
    as_json: Json = False,
) -> None:
    """Show a user's taste: what the liked pictures have in common, weighted by how recent the likes are."""
    profile, seen = session.with_documents(lambda documents, _: _read(documents, user, evidence))
    if as_json:
        output.print_json({**profile, "evidence": seen} if evidence else profile)
        return
    pictures = "1 picture" if profile["evidences"] == 1 else f"{profile['evidences']} pictures"
    output.show(f"Taste of {output.plain(user)}", f"{pictures}, as of {profile['asOf']}", "")
    for title, facet in _FACETS:
        if profile[facet]:
            output.show(_facet(title, profile[facet], top))
            if len(profile[facet]) > top:
                output.note(f"and {len(profile[facet]) - top} more (--top)")
    if evidence:
        output.show(_evidence(seen))


async def _read(documents: Documents, user: str, evidence: bool) -> tuple[Body, tuple[Body, ...]]:
    from operations import profiles

    by = whoami.actor()
    profile = await profiles.get(documents, by, user)
    return profile, await profiles.evidence(documents, by, user) if evidence else ()


def _facet(title: str, terms: list[dict[str, Any]], top: int) -> Listing:
    from rich.text import Text

    shown = output.table(title, "weight", "", "likes", "dislikes", right=("weight", "likes", "dislikes"))
    most = max(abs(term["weight"]) for term in terms) or 1
    for term in terms[:top]:
        cells = round(abs(term["weight"]) / most * _BAR_CELLS)
        strength = Text("█" * cells, style="green" if term["weight"] > 0 else "red")
        name = _swatched(term["name"]) if title == "Colours" else Text(output.plain(term["name"]))
        shown.add_row(
            name, f"{round(term['weight'], 2) + 0.0:.2f}", strength, str(term["likes"]), str(term["dislikes"])
        )
    return shown


def _swatched(color: str) -> Any:
    from rich.text import Text

    from processors.taste.analysers.palette import SHADES

    shades = SHADES.get(color)
    swatch = Text("██ ", style=f"#{shades[0]}") if shades else Text("   ")
    return swatch.append(output.plain(color), style="default")


def _evidence(seen: Iterable[Body]) -> Listing:
    shown = output.table(
        *("when", "item", "signal", "colours", "garments", "brand", "keywords"),
        title="Evidence",
        text="keywords",
        beneath=("garments", "brand"),
    )
    for piece in seen:
        findings = piece["findings"] or {"colors": [], "garments": [], "brand": None, "styleKeywords": []}
        cells = [times.short(piece["createdAt"]), piece["itemId"], piece["signal"]]
        cells += [", ".join(findings["colors"]), ", ".join(findings["garments"]), findings["brand"]]
        cells.append(", ".join(findings["styleKeywords"]))
        shown.add_row(*map(output.plain, cells))
    return shown
