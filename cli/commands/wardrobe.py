"""`nightshift wardrobe`: which items does a user own?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, progress, session, whoami
from cli.errors import Failed
from cli.options import Json, examples
from cli.remedies import explained

if TYPE_CHECKING:
    from shared.services import Services

app = typer.Typer(name="wardrobe", help="Items that users own.", no_args_is_help=True)


@app.command(
    "import",
    epilog=examples("nightshift wardrobe import wardrobe.csv", "nightshift wardrobe import wardrobe.csv --json"),
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="UTF-8, with a header line.")],
    as_json: Json = False,
) -> None:
    """Import items and their pictures from a CSV file.

    Columns: item_id, user_id, title, brand, category, tags (parted by ;), price (US dollars), image (a path beside the
    file, uploaded to container wardrobe-images, or an address). An item that is there already keeps what the file
    doesn't say. A bad row is reported with its line, and the rest goes on.
    """
    report = session.with_services(lambda services: _import(services, file))
    if as_json:
        output.print_json(report)
    else:
        created, updated, known = report["created"], report["updated"], report["known"]
        if known and not created and not updated:
            output.show(f"{output.counted(known, 'item')}, all known as they are: nothing has changed.")
        else:
            known_so = f", {known} known as they are" if known else ""
            output.show(f"{output.counted(created, 'item')} imported, {updated} brought up to date{known_so}.")
    for failure in report["failed"]:
        output.note(f"{file}, line {failure['line']}: {failure['error']}")
    if report["failed"]:
        rows = output.counted(len(report["failed"]), "row")
        raise Failed(f"{rows} couldn't be imported. Correct what is said of each and import the file again.")


@app.command("list", epilog=examples("nightshift wardrobe list ada", "nightshift wardrobe list ada --json"))
def list_(user: Annotated[str, typer.Argument(metavar="USER")], as_json: Json = False) -> None:
    """List a user's items."""
    from operations import wardrobe

    owned = session.with_documents(lambda documents, _: wardrobe.items_of(documents, whoami.actor(), user))
    if as_json:
        output.print_json(owned)
        return
    if not owned.items:
        output.note(f"{user} owns nothing yet. Import items: nightshift wardrobe import FILE.csv")
        return
    shown = output.table(
        *("item", "title", "brand", "category", "USD", "worn", "tags"),
        right=("USD", "worn"),
        text="tags",
        beneath=("brand", "category"),
    )
    for item in owned.items:
        price, worn = item.get("priceMicroUsd"), item.get("wearCount")
        cells = [
            item["id"],
            item.get("title"),
            item.get("brand"),
            item.get("category"),
            "" if price is None else f"{price / 1_000_000:.2f}",
            worn,
            ", ".join(item.get("tags", ())),
        ]
        shown.add_row(*map(output.plain, cells))
    output.show(shown)


@app.command(
    epilog=examples("nightshift wardrobe wear ada red-heels", "nightshift wardrobe wear ada red-heels --at 2d")
)
def wear(
    user: Annotated[str, typer.Argument(metavar="USER")],
    item: Annotated[str, typer.Argument(metavar="ITEM")],
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="When: 2h or 3d ago, or 2026-11-23T09:00:00Z.")
    ] = "0s",
    as_json: Json = False,
) -> None:
    """Record that a user wore an item. The same instant counts once."""
    from cli import times
    from operations import wardrobe
    from shared import clock

    instant = clock.to_text(times.since(at))
    worn = session.with_documents(lambda documents, _: wardrobe.wear(documents, whoami.actor(), user, item, instant))
    if as_json:
        output.print_json(worn)
    else:
        output.show(f"{output.plain(item)}: worn {worn['wearCount']} ×, last {worn['lastWornAt']}")


async def _import(services: Services, file: Path) -> dict[str, Any]:
    from cli.wardrobe_file import rows
    from operations import wardrobe

    coming = list(rows(file))
    report: dict[str, Any] = {"created": 0, "updated": 0, "known": 0, "failed": []}
    with progress.bar("Importing", len(coming)) as advance:
        async for imported in wardrobe.import_items(services, whoami.actor(), coming):
            if imported.what is not None:
                report[imported.what] += 1
            elif imported.error is not None:
                report["failed"].append({"line": imported.line, "error": explained(imported.error)})
            advance()
    report["failed"].sort(key=lambda failure: failure["line"])
    return report
