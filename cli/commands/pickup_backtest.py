"""`nightshift pickup-rate backtest`: when would a scope's alert have fired?"""

from __future__ import annotations

from cli import backtests, progress, session, times, whoami
from cli.commands.pickup_rate import Scope, app
from cli.options import Json, examples


@app.command(
    epilog=examples(
        "nightshift pickup-rate backtest --from 60d",
        "nightshift pickup-rate backtest --scope merchant:m1 --set threshold=35 --set evaluation=wilson",
        "nightshift pickup-rate backtest --from 60d --sweep threshold=20..60",
    )
)
def backtest(
    scope: Scope = "global",
    since: backtests.From = "30d",
    until: backtests.To = "0s",
    numbers: backtests.Set = None,
    sweep: backtests.Sweep = None,
    as_json: Json = False,
) -> None:
    """Show when a scope's alert would have fired, for how long and how often, and what other numbers would change.

    It is judged at the first 5 minutes of the range (the first hour, when the interval is of hours) and then after each
    interval, over the roll-ups that are stored, as if all calls had been there in time. No alert's state changes, and
    nobody is told.
    """
    from operations import backtest as operation
    from operations import pickup_backtest

    over = operation.range_of(times.since(since), times.since(until))
    changes = backtests.changes(numbers, as_text=True)
    if sweep is None:
        with progress.bar("Backtesting", None):
            found = session.with_documents(
                lambda documents, settings: pickup_backtest.replay(
                    documents, settings, whoami.actor(), scope, over, changes=changes
                )
            )
        backtests.show(found, as_json=as_json)
        return
    wanted = backtests.swept(sweep)
    with progress.share("Backtesting") as told:
        tried = session.with_documents(
            lambda documents, settings: pickup_backtest.sweep(
                documents, settings, whoami.actor(), scope, over, wanted, told, changes=changes
            )
        )
    backtests.show_sweep(tried, as_json=as_json)
