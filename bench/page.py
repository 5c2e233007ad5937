"""The page docs/benchmarks.md: one section per benchmark, each from the last time that it was measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from bench.measuring import Result, machine

PAGE = Path(__file__).resolve().parents[1] / "docs/benchmarks.md"
_HEAD = (
    "# Benchmarks\n\nMade by `./scripts/bench --write`, or section by section by `./scripts/bench NAME --write`; don't "
    "edit by hand. Medians; ratios are taken within a run.\n"
)
_SECTION = re.compile(r"^## (\S+)$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def write(result: Result, order: Sequence[str], page: Path = PAGE) -> None:
    """Put the result's section into the page, in the place that `order` (names of benchmarks) gives it.

    Sections of benchmarks that `order` doesn't name go.
    """
    stored = page.read_text() if page.exists() else ""
    sections = {found[1]: found[0] for found in _SECTION.finditer(stored)}
    taken = f"{len(result.runs)} runs on {machine()}."
    sections[result.benchmark] = f"{result.as_markdown()}\n\n{taken}\n"
    page.write_text("\n".join([_HEAD, *(f"{sections[name].rstrip()}\n" for name in order if name in sections)]))
