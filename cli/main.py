"""Which commands does `nightshift` have, and what happens to an error? It is printed here, once, with its remedy."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import session
from cli.commands import analyse, dead_letters, enqueue, init, jobs, profile, status, wardrobe
from cli.options import examples
from cli.output import note
from shared.errors import NightshiftError, UsageError

FAILED, USAGE = 1, 2

app = typer.Typer(
    name="nightshift",
    help="Background jobs for wardrobes: enqueue them, see what came of them, repair what failed.",
    epilog=examples("nightshift wardrobe import wardrobe.csv", "nightshift enqueue taste --user ada --item red-heels"),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog=examples("nightshift init"))(init.init)
app.add_typer(wardrobe.app, name="wardrobe")
app.add_typer(enqueue.app, name="enqueue")
app.add_typer(jobs.app, name="jobs")
app.add_typer(profile.app, name="profile")
app.add_typer(dead_letters.app, name="dead-letters")
app.command(epilog=examples("nightshift status", "nightshift status --json"))(status.status)
app.command(epilog=examples("nightshift analyse products.csv --jsonl > findings.jsonl"))(analyse.analyse)

_verbose = False


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"nightshift {version('nightshift')}")
        except PackageNotFoundError:
            typer.echo("nightshift (not installed)")
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log to stderr; show tracebacks.")] = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--settings",
            envvar="NIGHTSHIFT_SETTINGS",
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Folder of local.settings.json. Default: the one of function_app.py.",
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read the settings before any command runs."""
    global _verbose
    _verbose = verbose
    if "--help" in sys.argv or "-h" in sys.argv:
        return
    context.obj = session.read_settings(folder)
    if verbose:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
        logging.getLogger("nightshift").setLevel(logging.DEBUG)


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 failed, 2 not understood."""
    try:
        app()
    except NightshiftError as error:
        if _verbose:
            raise
        note(f"Error: {error}")
        sys.exit(USAGE if isinstance(error, UsageError) else FAILED)
