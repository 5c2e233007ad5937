"""`nightshift alerts backtest`: when would a rule have fired?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import backtests, progress, session, times, whoami
from cli.commands.alerts import app
from cli.json_file import read_json
from cli.options import Client, Json, examples, of_client


@app.command(
    epilog=examples(
        "nightshift alerts backtest 'Few pickups' --from 60d",
        "nightshift alerts backtest rule.json --from 2026-10-01T00:00:00Z --to 2026-11-01T00:00:00Z --set for=2",
        "nightshift alerts backtest 'Few pickups' --sweep threshold=20..60:5",
    )
)
def backtest(
    rule: Annotated[
        str, typer.Argument(metavar="RULE|FILE", help="Its id or name, or a JSON file with one rule; - is stdin.")
    ],
    since: backtests.From = "30d",
    until: backtests.To = "0s",
    numbers: backtests.Set = None,
    sweep: backtests.Sweep = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Show when a rule would have fired, for how long and how often, and what other numbers would change.

    The rule's slots in the range are judged over the roll-ups that are stored, as if all data had been there in time.
    No alert's state changes, and nobody is told.
    """
    from operations import backtest as operation
    from operations import rule_backtest

    over = operation.range_of(times.since(since), times.since(until))
    which: Any = read_json(Path(rule)) if rule == "-" or Path(rule).is_file() else rule
    changes = backtests.changes(numbers)
    more = {"changes": changes, **of_client(client)}
    if sweep is None:
        with progress.bar("Backtesting", None):
            found = session.with_services(
                lambda services: rule_backtest.replay(services, whoami.actor(), which, over, **more)
            )
        backtests.show(found, as_json=as_json)
        return
    wanted = backtests.swept(sweep)
    with progress.share("Backtesting") as told:
        tried = session.with_services(
            lambda services: rule_backtest.sweep(services, whoami.actor(), which, over, wanted, told, **more)
        )
    backtests.show_sweep(tried, as_json=as_json)
