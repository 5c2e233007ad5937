"""Entry point of `nightshift`: its commands, and the one place that prints an error, with its remedy."""

from __future__ import annotations

import gc
import logging
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from cli import session
from cli.loading import Commands
from cli.options import examples
from cli.output import note
from cli.remedies import explained
from shared.config import PROJECT_FOLDER
from shared.errors import NightshiftError, UsageError

FAILED, USAGE = 1, 2
_OBJECTS_BEFORE_COLLECTING = 100_000
"""Imports make many objects and no garbage: Python's 2,000 cost a tenth of a short command's time."""

app = typer.Typer(
    name="nightshift",
    cls=Commands,
    help="Background jobs for wardrobes: enqueue jobs, follow their state, replay what failed.",
    epilog=examples("nightshift wardrobe import wardrobe.csv", "nightshift enqueue taste ada red-heels"),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_verbose = False


def _print_version(wanted: bool) -> None:
    if wanted:
        import tomllib

        project = tomllib.loads((PROJECT_FOLDER / "pyproject.toml").read_text("utf-8"))
        typer.echo(f"nightshift {project['project']['version']}")
        raise typer.Exit


@app.callback()
def start(
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
    """Read the options that stand before the command."""
    global _verbose
    _verbose = verbose
    if folder is not None:
        session.use_settings_of(folder)
    # What a command did it says itself; its log would say it again.
    logging.basicConfig(
        stream=sys.stderr, level=None if verbose else logging.ERROR, format="%(levelname)s %(name)s: %(message)s"
    )
    if verbose:
        logging.getLogger("nightshift").setLevel(logging.DEBUG)


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 failed, 2 not understood."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # there are none, and looking for them reads every package
    try:
        app()
    except NightshiftError as error:
        _print(explained(error), error)
        sys.exit(USAGE if isinstance(error, UsageError) else FAILED)
    except Exception as error:
        where = "That is a defect. --verbose before the command shows where."
        _print(f"{type(error).__name__}: {str(error).rstrip('.')}. {where}", error)
        sys.exit(FAILED)


def _print(what: str, error: Exception) -> None:
    if _verbose:
        traceback.print_exception(error)
    note(f"Error: {what}")
