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

app = typer.Typer(name="digest", help="Weekly digests.", no_args_is_help=True)

User = Annotated[str, typer.Argument(metavar="USER")]
Week = Annotated[str | None, typer.Option("--week", metavar="WEEK", help="Such as 2026-W48. Default: the newest.")]

_AS_MAIL = ".mail.html"
Open = Annotated[bool, typer.Option("--open", help="Open it in a browser: the mail, where one was made.")]
Save = Annotated[
    Path | None,
    typer.Option(
        "--save", metavar="FOLDER", file_okay=False, help="Save the page and its JSON there, in a folder of the user."
    ),
]


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
    open_it: Open = False,
    save: Save = None,
    as_json: Json = False,
) -> None:
    """Show a user's digest."""
    if not (open_it or save):
        from operations import digests

        found = session.with_documents(lambda documents, _: digests.get(documents, whoami.actor(), user, week=week))
        digest = found.digest
    else:
        digest, files, sent_at = session.with_services(
            lambda services: _with_files(services, user, week, as_mail=open_it)
        )
        _keep(files, save, open_it=open_it)
        if open_it:
            output.note(f"The mail was sent at {sent_at}" if sent_at else "The mail wasn't sent.")
    if as_json:
        output.print_json(digest)
        return
    _show(digest)


@app.command(epilog=examples("nightshift digest preview ada", "nightshift digest preview ada --open"))
def preview(user: User, open_it: Open = False, save: Save = None, as_json: Json = False) -> None:
    """Show what a user's digest would be now. Stores nothing; to make it: nightshift run digest --user USER."""
    from operations import digests

    found = session.with_documents(lambda documents, _: digests.preview(documents, whoami.actor(), user))
    if open_it or save:
        _keep(found.files(), save, open_it=open_it)
    digest = found.digest.model_dump(mode="json")
    if as_json:
        output.print_json({"digest": digest, "optedOut": found.opted_out, "unchanged": found.unchanged})
        return
    _show(digest)
    if found.opted_out:
        output.note("The user has opted out: the run makes none.")
    elif found.unchanged:
        output.note("Nothing has changed since the newest digest: the run makes none.")
    output.note(f"Stored nothing. To make it: nightshift run digest --user {user}")


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


async def _with_files(
    services: Services, user: str, week: str | None, *, as_mail: bool
) -> tuple[dict[str, Any], dict[str, bytes], str | None]:
    """Return a digest, and its files; with the page as its mail shows it, if asked for, and when that was sent."""
    from operations import digests

    by = whoami.actor()
    found = await digests.get(services.documents, by, user, week=week)
    files = await digests.files(services, by, user, found)
    mail = await digests.mail(services, by, user, found) if as_mail else None
    if mail is not None:
        files |= {found.html.removesuffix(".html") + _AS_MAIL: mail.page}
    return found.digest, files, mail.sent_at if mail else None


def _keep(files: dict[str, bytes], folder: Path | None, *, open_it: bool) -> None:
    """Save a digest's files to a folder (default: a new one), each user's in one of its own, and say where."""
    import tempfile

    folder = folder or Path(tempfile.mkdtemp(prefix="nightshift-digest-"))
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{folder} can't be written: {error.strerror}.") from None
    page = folder / max(files, key=lambda name: (name.endswith(_AS_MAIL), name.endswith(".html")))
    output.note(f"The page is {page}")
    if open_it:
        typer.launch(page.resolve().as_uri())


def _show(digest: dict[str, Any]) -> None:
    output.show(f"{output.plain(digest['userId'])}, {digest['week']}", "")
    if digest["suggestions"]:
        shown = output.table("try this week", "item", "why", text="why", beneath=("item",))
        for one in digest["suggestions"]:
            shown.add_row(*map(output.plain, (one["title"], one["item"], one["rationale"])))
        output.show(shown)
    whose = "you own" if digest.get("madeOf") == "wardrobe" else "you like"
    for mood in digest["moods"]:
        output.show(f"In the air: {output.plain(mood['name'])}, {whose} {output.plain(', '.join(mood['because']))}")
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
