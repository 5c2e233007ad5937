"""`python -m bench`: which benchmarks are run, and where do their numbers go? ./scripts/bench starts it."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.measuring import Result, Skipped, machine

_MODULES = {
    "import": "imports",
    "cpu": "cpu",
    "cold": "cold",
    "throughput": "throughput",
    "fetch": "fetch",
    "operations": "operations",
    "replay": "replay",
    "peers": "beside",
}
_PAGE = Path(__file__).resolve().parents[1] / "docs/benchmarks.md"
_LEAST_RUNS = 1


def main() -> None:
    """Run the benchmarks that the arguments name."""
    parser = argparse.ArgumentParser(prog="./scripts/bench", description="Measures the app beside its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(_MODULES)} (default: all)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each; medians are shown (default: 5)")
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md; takes all benchmarks")
    options = parser.parse_args()
    unknown = set(options.names) - set(_MODULES)
    if unknown or options.runs < _LEAST_RUNS or (options.write and options.names):
        parser.error("names are " + ", ".join(_MODULES) + "; --runs takes 1 or more; --write takes no names")
    results = []
    for name in options.names or _MODULES:
        try:
            results.append(_measured(name, options.runs))
        except Skipped as why:
            sys.stderr.write(f"{name}: skipped: {why}\n")
            if options.write:
                sys.exit("docs/benchmarks.md is left as it is: it takes all benchmarks.")
    if options.json:
        found = {"machine": machine(), "items": [result.as_json() for result in results]}
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    if options.write:
        _PAGE.write_text(_page(results))


def _measured(name: str, runs: int) -> Result:
    from rich.console import Console

    result: Result = importlib.import_module(f"bench.{_MODULES[name]}").measure(runs)
    Console(stderr=True, highlight=False).print(result.as_table())
    return result


def _page(results: Sequence[Result]) -> str:
    head = (
        "# Benchmarks\n\nMade by `./scripts/bench --write`; don't edit by hand. Medians of "
        f"{len(results[0].runs)} runs; ratios are taken within a run.\n\nMeasured on: {machine()}.\n"
    )
    return "\n".join([head, *(f"{result.as_markdown()}\n" for result in results)])


if __name__ == "__main__":
    main()
