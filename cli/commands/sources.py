"""`nightshift sources`: what is scraped, how did it go, and what would a new source give?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times, whoami
from cli.options import Json, examples
from shared.errors import UsageError

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.documents.port import Body, Documents
    from shared.services import Services

app = typer.Typer(help="Sources that the scraper takes items from.", no_args_is_help=True)

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
    """Let the scraper take items from an address. Try it first: nightshift sources test URL."""

    async def work(documents: Documents, settings: Settings) -> tuple[Body, bool]:
        from processors.scraper import sources
        from shared import addresses, audit

        body = sources.new(url, _type(url, source_type), name or "")
        addresses.check(body["url"], local=addresses.AllowedLocal(settings.fetch_allowed_local).covers(body["url"]))
        body["name"] = name or body["url"].partition("://")[2].rstrip("/")[:80]
        body, is_new = await sources.add(documents, body)
        if is_new:
            await audit.write(documents, "add source", by=whoami.operator(), source=body["id"], url=body["url"])
        return body, is_new

    body, is_new = session.with_documents(work)
    if as_json:
        output.print_json({"answer": "added" if is_new else "duplicate", **_view(body)})
    else:
        output.show(f"{body['id']}  {body['sourceType']}  {'added' if is_new else 'is there already'}: {body['url']}")


@app.command("list", epilog=examples("nightshift sources list", "nightshift sources list --json"))
def list_(as_json: Json = False) -> None:
    """List the sources: when each was last scraped, what that gave, and what is wrong with it."""

    async def work(documents: Documents, settings: Settings) -> list[dict[str, Any]]:
        from datetime import timedelta

        from processors.scraper import sources

        silent = timedelta(days=settings.scraper_silent_days)
        found = [{**_view(body), "silent": sources.is_silent(body, silent)} async for body in sources.all_of(documents)]
        return sorted(found, key=lambda view: (view["name"], view["id"]))

    found = session.with_documents(work)
    if as_json:
        output.print_json(output.items(found))
        return
    if not found:
        output.note("There are no sources yet. Add one: nightshift sources add URL")
        return
    counted = ("listed", "new", "updated", "duplicate")
    shown = output.table("id", "type", "name", "state", "scraped", *counted, "what is wrong", right=counted)
    for view in found:
        counts = view["lastCounts"]
        numbers = [
            "304" if name == "listed" and counts.get("not_modified") else counts.get(name, "") for name in counted
        ]
        scraped = f"{times.age(view['lastSuccessAt'])} ago" if view["lastSuccessAt"] else "never"
        cells = [view["id"], view["type"], view["name"], _state(view), scraped, *numbers, _wrong(view)]
        shown.add_row(*map(output.plain, cells))
    output.show(shown)


@app.command(epilog=examples("nightshift sources pause 5f2c9a --reason 'the shop asked us to'"))
def pause(
    source: Which,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; shown to whoever wonders.")],
) -> None:
    """Let a source be scraped no more until it is resumed."""

    async def work(documents: Documents, _: Settings) -> Body:
        from processors.scraper import sources
        from shared import audit

        by = whoami.operator()
        body = await sources.pause(documents, await sources.find(documents, source), reason=reason, by=by)
        await audit.write(documents, "pause source", by=by, source=body["id"], why=reason)
        return body

    output.show(f"{session.with_documents(work)['name']} is paused.")


@app.command(epilog=examples("nightshift sources resume 5f2c9a"))
def resume(source: Which) -> None:
    """Let a source be scraped again, by the next run."""

    async def work(documents: Documents, _: Settings) -> Body:
        from processors.scraper import sources
        from shared import audit

        body = await sources.resume(documents, await sources.find(documents, source))
        await audit.write(documents, "resume source", by=whoami.operator(), source=body["id"])
        return body

    output.show(f"{session.with_documents(work)['name']} is scraped again, by the next run.")


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
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Show at most so many items.")] = 20,
    as_json: Json = False,
) -> None:
    """Show what would be taken from an address. Stores nothing."""
    name = _type(url, source_type)

    async def work(services: Services) -> dict[str, Any]:
        from processors.scraper import items, sources
        from processors.scraper.hosts import Hosts
        from processors.scraper.reading import read
        from processors.scraper.types.registry import TYPES
        from shared import clock
        from shared.documents.sqlite import SqliteDocuments
        from shared.fetch import Fetched, Wanted

        source = sources.new(url, name, "")
        of_type, forgotten = TYPES[name], SqliteDocuments(":memory:")
        hosts = Hosts(services.scraper_fetcher, forgotten, delay_seconds=services.settings.scraper_host_delay_seconds)
        try:
            fetched = await hosts.get(source["url"], Wanted(of_type.content_types, of_type.max_bytes))
        finally:
            await forgotten.close()
        assert isinstance(fetched, Fetched)
        listing = await read(name, fetched)
        found = [items.item_of(source, entry, clock.text_now()) for entry in listing.entries]
        return {
            "url": source["url"],
            "type": name,
            "listed": len(found),
            "leftOut": listing.left_out,
            "items": [{k: v for k, v in body.items() if k in _SHOWN} for body in found[:limit]],
            "next": None,
        }

    found = session.with_services(work)
    if as_json:
        output.print_json(found)
        return
    shown = output.table("published", "title", "price", "address", "picture")
    for item in found["items"]:
        price = f"{item['priceMicro'] / 1_000_000:.2f} {item.get('currency', '')}" if "priceMicro" in item else ""
        cells = [
            item.get("publishedAt", "")[:10],
            item["title"],
            price,
            item["url"],
            "yes" if "imageUrl" in item else "",
        ]
        shown.add_row(*map(output.plain, cells))
    output.show(shown)
    output.note(
        f"Would be taken from {found['url']} ({found['type']}): {found['listed']}; left out: {found['leftOut']}."
    )


_SHOWN = frozenset({"id", "url", "title", "text", "imageUrl", "priceMicro", "currency", "publishedAt", "contentHash"})


def _type(url: str, given: str | None) -> str:
    from processors.scraper.types.registry import TYPES, guessed

    name = given or guessed(url)
    if name not in TYPES:
        known = "; ".join(f"{one.name}, {one.about}" for one in TYPES.values())
        raise UsageError(f"There is no type of source {name!r}. Types are: {known}.")
    return name


def _state(view: dict[str, Any]) -> str:
    if not view["active"]:
        return "paused"
    return "silent" if view["silent"] else "failing" if view["failures"] else "active"


def _wrong(view: dict[str, Any]) -> str:
    if view["pausedReason"]:
        return f"{view['pausedReason']} ({view['pausedBy']})"
    if view["failures"]:
        return f"failed {view['failures']} × in a row: {view['lastError']['message']}"
    return f"no new item since {view['lastNewItemAt']}" if view["silent"] else ""


def _view(body: Body) -> dict[str, Any]:
    """Return a source as --json prints it."""
    told = ("pausedReason", "pausedBy", "pausedAt", "lastRun", "lastSuccessAt", "lastNewItemAt", "lastError")
    return {
        "id": body["id"],
        "type": body["sourceType"],
        "name": body["name"],
        "url": body["url"],
        "active": body["active"],
        "failures": body["failures"],
        "addedAt": body["addedAt"],
        **{name: body.get(name) for name in told},
        "lastCounts": body.get("lastCounts", {}),
    }
