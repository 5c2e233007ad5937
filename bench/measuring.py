"""Result of a benchmark: what it holds, and how it is summed up and shown."""

from __future__ import annotations

import platform
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class Skipped(Exception):
    """A benchmark can't run here; says why."""


Run = Mapping[str, float]
"""What one run measured, by the name of the measure."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured thing: its `name`, its `unit`, and what it means."""

    name: str
    unit: str
    about: str


@dataclass(frozen=True, slots=True)
class Result:
    """The runs of one benchmark. `aim` says what is hoped for, in words; `note` what is to be learned from it."""

    benchmark: str
    about: str
    aim: str
    measures: Sequence[Measure]
    runs: Sequence[Run]
    note: str = ""

    def median(self, measure: str) -> float:
        """Return the median of a measure over the runs."""
        return statistics.median(run[measure] for run in self.runs)

    def as_json(self) -> dict[str, Any]:
        """Return it as --json prints it."""
        return {
            "benchmark": self.benchmark,
            "aim": self.aim,
            "runs": len(self.runs),
            "measures": {
                m.name: {
                    "unit": m.unit,
                    "median": self.median(m.name),
                    "least": min(run[m.name] for run in self.runs),
                    "most": max(run[m.name] for run in self.runs),
                }
                for m in self.measures
            },
        }

    def as_markdown(self) -> str:
        """Return it as a section of docs/benchmarks.md."""
        lines = [f"## {self.benchmark}", "", self.about, "", f"Aim: {self.aim}.", ""]
        lines += ["| measure | median | least | most | unit |", "|---|---:|---:|---:|---|"]
        for m, found in zip(self.measures, self.as_json()["measures"].values(), strict=True):
            numbers = " | ".join(_digits(found[column]) for column in ("median", "least", "most"))
            about = m.about.replace("|", "\\|")
            lines.append(f"| {about} | {numbers} | {m.unit} |")
        return "\n".join([*lines, *(("", self.note) if self.note else ())])

    def as_table(self) -> Any:
        """Return it as a table for a terminal."""
        from rich.table import Table

        table = Table(title=f"{self.benchmark} (aim: {self.aim})", title_justify="left")
        table.add_column("measure")
        for column in ("median", "least", "most"):
            table.add_column(column, justify="right")
        table.add_column("unit")
        for m, found in zip(self.measures, self.as_json()["measures"].values(), strict=True):
            table.add_row(m.about, *(_digits(found[column]) for column in ("median", "least", "most")), m.unit)
        return table


def machine() -> str:
    """Return what it was measured on, in one line."""
    import os

    return f"Python {platform.python_version()}, {sys.platform} {platform.machine()}, {os.cpu_count()} CPUs"


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
