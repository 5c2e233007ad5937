"""Capacity, `python -m bench.capacity`: counts what units of work ask, and makes docs/capacity.md from that."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from bench.capacity_page import page

PROJECT = Path(__file__).resolve().parents[1]
COUNTS = PROJECT / "bench/capacity_counts.json"
PAGE = PROJECT / "docs/capacity.md"


def stored_counts() -> dict[str, Any]:
    """Return the counts that the page is made from."""
    counts: dict[str, Any] = json.loads(COUNTS.read_text())
    return counts


async def _count() -> dict[str, Any]:
    from bench.capacity_units import UNITS, counted  # what it counts with is the tests': the page needs none of it

    return {name: await counted(name) for name in UNITS}


def main() -> None:
    """Count, and write the page or print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.capacity", description="Makes the page of capacity.")
    parser.add_argument(
        "--count", action="store_true", help="count the operations anew, into bench/capacity_counts.json"
    )
    parser.add_argument("--write", action="store_true", help="write docs/capacity.md, instead of printing it")
    options = parser.parse_args()
    if options.count:
        COUNTS.write_text(json.dumps(asyncio.run(_count()), indent=2) + "\n")
    made = page(stored_counts())
    if options.write:
        PAGE.write_text(made)
    else:
        sys.stdout.write(made)


if __name__ == "__main__":
    main()
