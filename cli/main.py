"""Entry point of `nightshift`: its commands, and the one place that prints an error, with its remedy."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from cli import session
from cli.commands import (
    alerts,
    analyse,
    calls,
    dead_letter_actions,
    dead_letters,
    digest,
    doctor,
    enqueue,
    follow,
    gates,
    init,
    jobs,
    llm,
    metric_backfill,
    metric_series,
    metrics,
    moods,
    notify,
    pickup_rate,
    profile,
    rescue,
    run,
    runs,
    sas,
    schedule,
    sources,
    status,
    store,
    users,
    wardrobe,
)
from cli.options import examples
from cli.output import note
from cli.remedies import explained
from shared.config import PROJECT_FOLDER
from shared.errors import NightshiftError, UsageError

FAILED, USAGE = 1, 2

app = typer.Typer(
    name="nightshift",
    help="Background jobs for wardrobes: enqueue jobs, follow their state, replay what failed.",
    epilog=examples("nightshift wardrobe import wardrobe.csv", "nightshift enqueue taste ada red-heels"),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog=examples("nightshift init"))(init.init)
app.add_typer(wardrobe.app, name="wardrobe")
app.add_typer(enqueue.app, name="enqueue")
app.add_typer(jobs.app, name="jobs")
jobs.app.command(epilog=examples("nightshift jobs follow c1646e67", "nightshift jobs follow --user ada"))(follow.follow)
app.add_typer(profile.app, name="profile")
app.add_typer(dead_letters.app, name="dead-letters")
dead_letters.app.command(epilog=dead_letter_actions.REPLAY_HELP)(dead_letter_actions.replay)
dead_letters.app.command(epilog=dead_letter_actions.DISCARD_HELP)(dead_letter_actions.discard)
dead_letters.app.command(epilog=dead_letter_actions.PURGE_HELP)(dead_letter_actions.purge)
app.command(
    epilog=examples("nightshift run digest --wait", "nightshift run digest --user ada", "nightshift run moods --force")
)(run.run)
app.add_typer(runs.app, name="runs")
app.command(epilog=examples("nightshift schedule", "nightshift schedule --count 10 --json"))(schedule.schedule)
app.add_typer(sources.app, name="sources")
app.add_typer(moods.app, name="moods")
app.add_typer(digest.app, name="digest")
app.add_typer(calls.app, name="calls")
app.add_typer(pickup_rate.app, name="pickup-rate")
app.add_typer(metrics.app, name="metrics")
metrics.app.command(epilog=examples(*metric_series.SERIES_EXAMPLES))(metric_series.series)
metrics.app.command(epilog=examples(*metric_series.OVERVIEW_EXAMPLES))(metric_series.overview)
metrics.app.command(epilog=examples(*metric_series.SUMMARY_EXAMPLES))(metric_series.summary)
metrics.app.command(epilog=examples(*metric_series.LIVE_EXAMPLES))(metric_series.live)
metrics.app.command(epilog=examples(*metric_series.EXPORT_EXAMPLES))(metric_series.export)
metrics.app.command(epilog=examples(*metric_backfill.EXAMPLES))(metric_backfill.backfill)
app.add_typer(alerts.app, name="alerts")
app.add_typer(notify.app, name="notify")
app.add_typer(users.app, name="users")
app.add_typer(gates.app, name="gates")
app.add_typer(store.app, name="store")
app.command(
    epilog=examples("nightshift sas taste-analysis-jobs", "nightshift sas call-events --for 7d --json"),
)(sas.sas)
app.command(epilog=examples("nightshift rescue --dry-run", "nightshift rescue"))(rescue.rescue)
app.command(epilog=examples("nightshift status", "nightshift status --watch", "nightshift status --json"))(
    status.status
)
app.command(epilog=examples("nightshift doctor", "nightshift doctor --json"))(doctor.doctor)
app.command(
    epilog=examples(
        "nightshift analyse products.csv --jsonl > findings.jsonl",
        "nightshift analyse https://shop.example/tee.jpg --title 'Red T-shirt' --analyser openai",
    )
)(analyse.analyse)
app.add_typer(llm.app, name="llm")

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
