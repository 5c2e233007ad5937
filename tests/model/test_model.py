"""The models of the protocol hold in every scenario, with few faults each (all of them: see README.md)."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def last_line_of(model: str, *arguments: str) -> str:
    """Run a model; return the last line that it prints, or all of it when it says that something is wrong."""
    command = [sys.executable, str(FOLDER / model), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.stdout.splitlines()[-1] if run.returncode == 0 else run.stdout + run.stderr


def test_every_scenario_of_the_job_protocol_holds() -> None:
    assert last_line_of("jobs_model.py", "suite", "--quick") == "all hold"


def test_every_scenario_of_signals_holds() -> None:
    assert last_line_of("signals_model.py", "suite", "--quick").endswith("all hold")


def test_every_scenario_of_rollups_holds() -> None:
    assert last_line_of("rollups_model.py", "suite", "--quick").endswith("all hold")


def test_every_scenario_of_the_dispatch_of_alert_rules_holds() -> None:
    assert last_line_of("dispatch_model.py", "suite", "--quick").endswith("all hold")
