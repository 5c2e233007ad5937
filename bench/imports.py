"""Benchmark of imports: how long does importing function_app take, beside importing azure.functions alone?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.measuring import Measure, Result, Run

_PROJECT_FOLDER = Path(__file__).resolve().parents[1]
_IMPORTS_A_RUN = 5
_TIMED = "import time; began = time.perf_counter(); import {}; print(time.perf_counter() - began)"


def measure(runs: int) -> Result:
    """Import both in fresh processes, in turn."""
    return Result(
        "import",
        f"`import function_app` and `import azure.functions`, each in fresh processes, {_IMPORTS_A_RUN} in turn a run "
        "(their medians).",
        "a ratio of at most 1.3",
        (
            Measure("function_app_ms", "ms", "import function_app"),
            Measure("azure_functions_ms", "ms", "import azure.functions"),
            Measure("ratio", "", "ratio of the two"),
        ),
        [_run() for _ in range(runs)],
    )


def _run() -> Run:
    times: dict[str, list[float]] = {"function_app": [], "azure.functions": []}
    for _ in range(_IMPORTS_A_RUN):
        for module, found in times.items():
            found.append(_import_seconds(module))
    medians = {module: sorted(found)[len(found) // 2] for module, found in times.items()}
    return {
        "function_app_ms": medians["function_app"] * 1000,
        "azure_functions_ms": medians["azure.functions"] * 1000,
        "ratio": medians["function_app"] / medians["azure.functions"],
    }


def _import_seconds(module: str) -> float:
    timed = [sys.executable, "-c", _TIMED.format(module)]
    return float(subprocess.run(timed, cwd=_PROJECT_FOLDER, check=True, capture_output=True, text=True).stdout)
