"""`nightshift sources`: what is scraped, how did it go, and what would a new source give?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session, times, whoami
from cli.options import Json, examples

if TYPE_CHECKING:
    from operations.sources import ListedSource

app = typer.Typer(name="sources", help="Sources that the scraper takes items from.", no_args_is_help=True)

Url = Annotated[str, typer.Argument(metavar="URL", help="https, on the public internet.")]
Which = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id (or the beginning of it), name or address.")]
Type = Annotated[
    str | None,
    typer.Option("--type", metavar="TYPE", help="rss, reddit or page. Default: what the address looks like."),
]


@app.command(
    epilog=examples(
        "nightshift sources add https://shop.example/feed.xml --name 'The Shop'",
        "nightshift sources add https://www.reddit.com/r/streetwear",
        "nightshift sources add https://shop.example/new-in --type page",
    )
)
def add(
    url: Url,
    source_type: Type = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Default: host and path.")] = None,
    as_json: Json = False,
) -> None:
    """Add a source: an address that the scraper takes items from. Try it first: nightshift sources test URL."""
    from operations import sources
    from operations.answers import to_json

    added = session.with_documents(
        lambda documents, settings: sources.add(
            documents, settings, whoami.actor(), url, source_type=source_type, name=name
        )
    )
    source, is_new = added.source, added.answer == "added"
    if as_json:
        output.print_json({"answer": added.answer, **to_json(source)})
    else:
        output.show(f"{source.id}  {source.type}  {'added' if is_new else 'is there already'}: {source.url}")


@app.command("list", epilog=examples("nightshift sources list", "nightshift sources list --json"))
def list_(as_json: Json = False) -> None:
    """List the sources: when each was last scraped, the result, and what is wrong with it."""
    from operations import sources

    found = session.with_documents(lambda documents, settings: sources.all_sources(documents, settings, whoami.actor()))
    if as_json:
        output.print_json(found)
        return
    if not found.items:
        output.note("There are no sources yet. Add one: nightshift sources add URL")
        return
    counted = ("listed", "new", "updated", "duplicate")
    shown = output.table(
        *("id", "type", "name", "state", "scraped", *counted, "what is wrong"),
        right=counted,
        text="what is wrong",
        beneath=("scraped", "type"),
    )
    for source in found.items:
        counts = source.last_counts
        numbers = [
            "304" if name == "listed" and counts.get("not_modified") else counts.get(name, "") for name in counted
        ]
        scraped = times.age(source.last_success_at) if source.last_success_at else "never"
        cells = [source.id, source.type, source.name, source.state, scraped, *numbers, _wrong(source)]
        shown.add_row(*map(output.plain, cells))
    output.show(shown)


@app.command(epilog=examples("nightshift sources pause 5f2c9a --reason 'the shop asked us to'"))
def pause(
    source: Which,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Reason, shown by sources list.")],
) -> None:
    """Pause a source: it isn't scraped until it is resumed."""
    from operations import sources

    paused = session.with_documents(
        lambda documents, _: sources.pause(documents, whoami.actor(), source, reason=reason)
    )
    output.show(f"{paused.name} is paused.")


@app.command(epilog=examples("nightshift sources resume 5f2c9a"))
def resume(source: Which) -> None:
    """Resume a source: the next run scrapes it again."""
    from operations import sources

    resumed = session.with_documents(lambda documents, _: sources.resume(documents, whoami.actor(), source))
    output.show(f"{resumed.name} is scraped again, by the next run.")


@app.command(
    "test",
    epilog=examples(
        "nightshift sources test https://shop.example/feed.xml",
        "nightshift sources test https://shop.example/dress --json",
    ),
)
def try_(
    url: Url,
    source_type: Type = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Show at most N items.")] = 20,
    as_json: Json = False,
) -> None:
    """Show which items the scraper would take from an address. Stores nothing."""
    from operations import sources

    found = session.with_services(
        lambda services: sources.preview(services, whoami.actor(), url, source_type=source_type, limit=limit)
    )
    if as_json:
        output.print_json(found)
        return
    shown = output.table(
        *("published", "title", "price", "picture", "address"), right=("price",), text="address", beneath=("picture",)
    )
    for item in found.items:
        price = f"{item['priceMicro'] / 1_000_000:.2f} {item.get('currency', '')}" if "priceMicro" in item else ""
        cells = [
            item.get("publishedAt", "")[:10],
            item["title"],
            price,
            "yes" if "imageUrl" in item else "",
            item["url"],
        ]
        shown.add_row(*map(output.plain, cells))
    output.show(shown)
    left_out = f"left out: {found.left_out}, there already: {found.duplicates}"
    output.note(f"Would be taken from {found.url} ({found.type}): {found.listed}; {left_out}.")


def _wrong(source: ListedSource) -> str:
    if source.paused_reason:
        return f"{source.paused_reason} ({source.paused_by})"
    if source.failures:
        return f"failed {source.failures} × in a row: {(source.last_error or {}).get('message')}"
    return f"no new item since {times.short(source.last_new_item_at)}" if source.silent else ""
