"""`nightshift init`: creates the queues and containers that the app needs."""

from __future__ import annotations

import typer

from cli import output, session, whoami
from cli.options import Json, examples

app = typer.Typer()


@app.command(epilog=examples("nightshift init"))
def init(as_json: Json = False) -> None:
    """Create the queues and blob containers that the app works with. Doing it again changes nothing."""
    from operations import storage

    made = session.with_services(lambda services: storage.prepare(services, whoami.actor()))
    if as_json:
        output.print_json(made)
        return
    for thing in made.items:
        output.show(f"{'created' if thing.created else 'was there':9}  {thing.what} {thing.name}")
