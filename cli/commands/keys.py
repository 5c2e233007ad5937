"""`nightshift keys`: keys of the HTTP API."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from cli import output, times
from cli.options import Json, examples

app = typer.Typer(name="keys", help="Keys of the HTTP API: making them.", no_args_is_help=True)


class Role(StrEnum):
    """What a key's holder may do."""

    PRODUCER = "producer"
    READER = "reader"
    OPERATOR = "operator"
    ADMIN = "admin"


@app.callback()
def group() -> None:
    """Keep `new` a command of a group."""


@app.command(
    epilog=examples(
        "nightshift keys new shop-backend --role producer",
        "nightshift keys new ada --role reader --scope user:ada --json",
    )
)
def new(
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What it is called in logs and audit lines.")],
    role: Annotated[Role, typer.Option("--role", help="What its holder may do.")] = Role.READER,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="KIND:ID", help="For whom: such as user:ada or org:acme. Default: everything."),
    ] = None,
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="Such as 90d; at most two years.")] = "90d",
    as_json: Json = False,
) -> None:
    """Print a new key, and its entry for the setting API_KEYS. The key is shown now and never again; nothing is stored.

    To replace a key without a gap, add the new entry beside the old one, and take that away once the new one is used.
    """
    from operations import api_keys

    made = api_keys.new(label, role.value, scope or ["*"], times.duration(length))
    entry = made.entry.entry()
    if as_json:
        output.print_json({"key": made.key, "entry": entry})
        return
    output.show(made.key)
    output.note(f"It is valid until {entry['expires'][:10]}. Add this entry to the JSON list in API_KEYS:")
    output.show(json.dumps(entry))
