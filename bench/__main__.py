"""Benchmark runner, `python -m bench`: which benchmarks run, and where their numbers go. ./scripts/bench starts it."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Mapping

from bench import page
from bench.measuring import Result, Skipped, machine

_MODULES = {
    "import": "imports",
    "commands": "commands",
    "cpu": "cpu",
    "telemetry": "telemetry",
    "cold": "cold",
    "api": "api",
    "console": "console",
    "throughput": "throughput",
    "fetch": "fetch",
    "operations": "operations",
    "replay": "replay",
    "scraper": "scraper",
    "moods": "moods",
    "digest": "digest",
    "pickup-rate": "pickup_rate",
    "metrics": "metrics",
    "false-alarms": "false_alarms",
    "rules": "rules",
    "backtest": "backtest",
    "peers": "beside",
}
_LEAST_RUNS = 1


def main() -> None:
    """Run the benchmarks that the arguments name."""
    parser = argparse.ArgumentParser(prog="./scripts/bench", description="Measures the app beside its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(_MODULES)} (default: all)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each; medians are shown (default: 5)")
    parser.add_argument("--events", type=int, help="events that `metrics` records and rolls up (default: 50000)")
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.add_argument("--write", action="store_true", help="put what was measured into docs/benchmarks.md")
    options = parser.parse_args()
    unknown = set(options.names) - set(_MODULES)
    if unknown or options.runs < _LEAST_RUNS or (options.events or 1) < 1:
        parser.error("names are " + ", ".join(_MODULES) + "; --runs and --events take 1 or more")
    results = []
    for name in options.names or _MODULES:
        try:
            more = {"count": options.events} if name == "metrics" and options.events else {}
            results.append(_measured(name, options.runs, more))
        except Skipped as why:
            sys.stderr.write(f"{name}: skipped: {why}\n")
            continue
        if options.write:
            page.write(results[-1], list(_MODULES))
    if options.json:
        found = {"machine": machine(), "items": [result.as_json() for result in results]}
        sys.stdout.write(json.dumps(found, indent=2) + "\n")


def _measured(name: str, runs: int, more: Mapping[str, int]) -> Result:
    from rich.console import Console

    result: Result = importlib.import_module(f"bench.{_MODULES[name]}").measure(runs, **more)
    Console(stderr=True, highlight=False).print(result.as_table())
    return result


if __name__ == "__main__":
    main()
