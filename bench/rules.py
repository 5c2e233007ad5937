"""Benchmark of alert rules: what do ticks, next times and starts cost, beside many rules and beside APScheduler?

The measuring is in due_rules.py, frequencies.py and rule_starts.py.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bench import due_rules, frequencies, rule_starts
from bench.due_rules import DUE, SIZES, TICKS
from bench.frequencies import FIRINGS, LATE, ZONE
from bench.measuring import Result, Run, Skipped
from bench.rule_starts import JOBS, RULES


def measure(runs: int) -> Result:
    """Time all of it, so many times. Raises Skipped where a process can't tell its memory."""
    if not rule_starts.is_measurable():
        raise Skipped("this system has no /proc, which tells how much memory a start takes")
    with tempfile.TemporaryDirectory() as folder:
        ticks, starts = asyncio.run(_timed(runs, Path(folder)))
    frequencies.compared(0)  # what is made once and kept is made here
    found = [
        {**ticked, **frequencies.compared(seed), **started}
        for seed, (ticked, started) in enumerate(zip(ticks, starts, strict=True))
    ]
    return Result(
        "rules",
        f"A tick of DispatchAlerts that finds {DUE} rules due, in SQLite files of {', '.join(map(str, SIZES))} rules "
        f"(the median of {TICKS} ticks of each, in turn), with queues in memory and without the runs. A due rule of "
        "those, and a job of APScheduler 3.11.3 on its SQLite job store: it is read, handed on (to a queue, and to an "
        "executor that does nothing), and its next time is stored. "
        f"The next time of a rule in {ZONE}, asked {LATE.seconds} s after each of {FIRINGS} firings in a row, "
        "by processors/alerts/frequency/ and by `CronTrigger.get_next_fire_time`: the least of three rounds. And the "
        f"start of a process up to its first look for what is due, which finds nothing: {RULES} rules, and {JOBS} jobs "
        "of APScheduler in its SQLite store, or put into its memory, as by an app that keeps rules in a table.",
        "a tick beside 100,000 rules at most 1.3 times as long; next times after a firing at least 8 times as fast; "
        "less work a rule than APScheduler's; nothing to load at the start",
        (*due_rules.measures(), *frequencies.measures(), *rule_starts.measures()),
        found,
        "A due rule is one look at the record of its last slot, a message, a record, and a change of the rule; "
        "APScheduler keeps no record. Its store waits for the disk at each job, as SQLite does by default; ours does "
        "at checkpoints. CronTrigger is faster at instants that aren't right behind a firing, where a scheduler hardly "
        "asks; there the aim isn't met. A start is mostly imports. docs/alert-rules.md "
        "says where the two find different times, and tests/scale shows that a tick asks the same of the store beside "
        "any number of rules.",
    )


async def _timed(runs: int, folder: Path) -> tuple[list[Run], list[Run]]:
    ticks = await due_rules.timed(runs, folder)
    ours, theirs = folder / "ours.sqlite3", folder / "theirs.sqlite3"
    await rule_starts.fill(ours, theirs)
    return ticks, [rule_starts.timed(ours, theirs) for _ in range(runs)]
