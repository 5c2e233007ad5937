"""`nightshift store`: is the document store ready to be used?"""

from __future__ import annotations

import asyncio
from typing import Any

import typer

from cli import output, session
from cli.options import Json, examples

app = typer.Typer(help="The document store.", no_args_is_help=True)


@app.callback()
def store() -> None:
    """The document store."""


@app.command(epilog=examples("nightshift store init", "nightshift store init --json"))
def init(as_json: Json = False) -> None:
    """Create the database and the containers in Cosmos DB that aren't there. Doing it again changes nothing.

    It takes the account's key, or an identity that may; else whoever deploys the infrastructure does it.
    """
    is_cosmos = session.settings().documents == "cosmos"
    made = asyncio.run(_create()) if is_cosmos else []
    if as_json:
        output.print_json(output.items(made))
        return
    if not is_cosmos:
        output.show("There is nothing to do: SQLite makes its tables when they are first used.")
    for thing in made:
        state = "created" if thing["created"] else "was there"
        output.show(f"{state:9}  {thing['what']} {thing['name']}")


async def _create() -> list[dict[str, Any]]:
    from shared.services import open_cosmos

    documents = open_cosmos(session.settings())
    try:
        (database, is_new), *containers = await documents.account.create_missing()
    finally:
        await documents.close()
    made = [{"what": "database", "name": database, "created": is_new}]
    return made + [{"what": "container", "name": name, "created": created} for name, created in containers]
