"""`nightshift store`: is the document store ready to be used?"""

from __future__ import annotations

import asyncio

import typer

from cli import output, session, whoami
from cli.options import Json, examples

app = typer.Typer(name="store", help="The document store.", no_args_is_help=True)


@app.callback()
def store() -> None:
    """The document store."""


@app.command(epilog=examples("nightshift store init", "nightshift store init --json"))
def init(as_json: Json = False) -> None:
    """Create the database and the containers in Cosmos DB that aren't there. Doing it again changes nothing.

    It takes the account's key, or an identity that may; else whoever deploys the infrastructure does it.
    """
    from operations import storage

    is_cosmos = session.settings().documents == "cosmos"
    made = asyncio.run(storage.prepare_store(session.settings(), whoami.actor()))
    if as_json:
        output.print_json(made)
        return
    if not is_cosmos:
        output.show("There is nothing to do: SQLite makes its tables when they are first used.")
    for thing in made.items:
        output.show(f"{'created' if thing.created else 'was there':9}  {thing.what} {thing.name}")
