"""The model of the job protocol holds in every scenario, with few faults each (all of them: see README.md)."""

import subprocess
import sys
from pathlib import Path

MODEL = Path(__file__).parent / "jobs_model.py"


def test_every_scenario_holds() -> None:
    run = subprocess.run([sys.executable, str(MODEL), "suite", "--quick"], capture_output=True, text=True, check=False)

    assert run.stdout.splitlines()[-1] == "all hold", run.stdout
    assert run.returncode == 0
