"""`nightshift digest`: what does a user's week look like, and what does the user think of it?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import output, session
from cli.errors import NotFound
from cli.options import Json, examples
from shared.errors import UsageError

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.documents.port import Body, Documents
    from shared.services import Services

app = typer.Typer(help="Weekly digests.", no_args_is_help=True)

User = Annotated[str, typer.Argument(metavar="USER")]
Week = Annotated[str | None, typer.Option("--week", metavar="WEEK", help="Such as 2026-W48. Default: the newest.")]


@app.command(
    epilog=examples(
        "nightshift digest show ada",
        "nightshift digest show ada --week 2026-W48 --open",
        "nightshift digest show ada --save . --json",
    )
)
def show(
    user: User,
    week: Week = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FOLDER", file_okay=False, help="Save the page and its JSON there.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a user's digest."""
    if not (open_it or save):
        found = session.with_documents(lambda documents, _: _newest(documents, user, week))
    else:
        found, saved = session.with_services(lambda services: _saved(services, user, week, save))
        output.note(f"The page is {saved}")
        if open_it:
            typer.launch(saved.resolve().as_uri())
    if as_json:
        output.print_json(found["digest"])
        return
    _show(found["digest"])


@app.command(
    epilog=examples("nightshift digest feedback ada up red-heels", "nightshift digest feedback ada down red-heels")
)
def feedback(
    user: User,
    verdict: Annotated[Literal["up", "down"], typer.Argument(metavar="up|down")],
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An item that the newest digest shows.")],
) -> None:
    """Note what a user thinks of an item of the newest digest. The next one says what that has changed."""

    async def work(documents: Documents, _: Settings) -> Body:
        from processors.digest.preferences import give_feedback

        return await give_feedback(documents, user, item, verdict)

    noted = session.with_documents(work)
    output.show(f"Noted: {output.plain(noted['title'])} {noted['verdict']}")


async def _newest(documents: Documents, user: str, week: str | None) -> Body:
    from processors.digest.preferences import newest

    found = await newest(documents, user, week)
    if found is None:
        of = f" of {week}" if week else " yet"
        raise NotFound(
            f"There is no digest for {user!r}{of}. Make one: nightshift run digest --wait. If you did: "
            "nightshift runs show digest"
        )
    return found


async def _saved(services: Services, user: str, week: str | None, folder: Path | None) -> tuple[Body, Path]:
    """Save a digest's page and JSON to a folder (default: a new one); return the document and the page's path."""
    import tempfile

    from shared.blobs import DIGESTS

    found = await _newest(services.documents, user, week)
    folder = folder or Path(tempfile.mkdtemp(prefix="nightshift-digest-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (found["json"], found["html"]):
            content = await services.blobs.read(DIGESTS, name)
            (folder / Path(name).name).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{folder} can't be written: {error.strerror}.") from None
    return found, folder / Path(found["html"]).name


def _show(digest: dict[str, Any]) -> None:
    output.show(f"{output.plain(digest['userId'])}, {digest['week']}")
    if digest["suggestions"]:
        shown = output.table("try this week", "why", "item")
        for one in digest["suggestions"]:
            shown.add_row(*map(output.plain, (one["title"], one["rationale"], one["item"])))
        output.show(shown)
    for mood in digest["moods"]:
        output.show(f"In the air: {output.plain(mood['name'])}, you like {output.plain(', '.join(mood['because']))}")
    for title, rows in _tables(digest).items():
        if rows:
            shown = output.table(title, "", right=("",))
            for cells in rows:
                shown.add_row(*map(output.plain, cells))
            output.show(shown)
    for one in digest["changed"]:
        output.show(f"Your {one['verdict']} of {output.plain(one['title'])}: {output.plain(one['effect'])}")


def _tables(digest: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    return {
        "found for you": [(one["title"], one["url"]) for one in digest["finds"]],
        "worn most": [(one["title"], f"{one['wears']} ×") for one in digest["worn"]],
        "waiting for you": [
            (one["title"], "never worn" if one["days"] is None else f"{one['days']} days")
            for one in digest["neglected"]
        ],
        "your wardrobe": [(one["name"], f"{one['share'] * 100:.0f} %") for one in digest["balance"]],
        "a wearing costs": [
            (one["title"], f"${one['microUsd'] / 1_000_000:.2f}")
            for one in (*digest["bestValue"], *digest["worstValue"])
        ],
    }


def _unworn(days: int | None) -> str:
    return "never worn" if days is None else f"{days} days"
