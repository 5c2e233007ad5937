"""`nightshift digest`: shows a user's weekly digest, and takes in feedback on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import output, session, whoami
from cli.options import Json, examples
from shared.errors import UsageError

if TYPE_CHECKING:
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
        from operations import digests

        found = session.with_documents(lambda documents, _: digests.get(documents, whoami.actor(), user, week=week))
        digest = found.digest
    else:
        digest, saved = session.with_services(lambda services: _saved(services, user, week, save))
        output.note(f"The page is {saved}")
        if open_it:
            typer.launch(saved.resolve().as_uri())
    if as_json:
        output.print_json(digest)
        return
    _show(digest)


@app.command(
    epilog=examples("nightshift digest feedback ada up red-heels", "nightshift digest feedback ada down red-heels")
)
def feedback(
    user: User,
    verdict: Annotated[Literal["up", "down"], typer.Argument(metavar="up|down")],
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An item that the newest digest shows.")],
) -> None:
    """Record a user's feedback on an item of the newest digest. The next digest says what changed because of it."""
    from operations import digests

    noted = session.with_documents(
        lambda documents, _: digests.give_feedback(documents, whoami.actor(), user, item, verdict)
    )
    output.show(f"Noted: {output.plain(noted['title'])} {noted['verdict']}")


async def _saved(services: Services, user: str, week: str | None, folder: Path | None) -> tuple[dict[str, Any], Path]:
    """Save a digest's page and JSON to a folder (default: a new one); return the digest and the page's path."""
    import tempfile

    from operations import digests

    by = whoami.actor()
    found = await digests.get(services.documents, by, user, week=week)
    files = await digests.files(services, by, user, found)
    folder = folder or Path(tempfile.mkdtemp(prefix="nightshift-digest-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / Path(name).name).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{folder} can't be written: {error.strerror}.") from None
    return found.digest, folder / Path(found.html).name


def _show(digest: dict[str, Any]) -> None:
    output.show(f"{output.plain(digest['userId'])}, {digest['week']}", "")
    if digest["suggestions"]:
        shown = output.table("try this week", "item", "why", text="why", beneath=("item",))
        for one in digest["suggestions"]:
            shown.add_row(*map(output.plain, (one["title"], one["item"], one["rationale"])))
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
