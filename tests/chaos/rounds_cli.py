"""`nightshift` of an app that has the run `rounds`: ``python -m tests.chaos.rounds_cli``."""

from __future__ import annotations

from cli.main import main
from processors import catalogue
from shared.config import Settings
from shared.jobs.runs.definition import RunDefinitions
from tests.chaos import rounds


def run_definitions(settings: Settings) -> RunDefinitions:
    """Return what processors/catalogue.py would return if a workload had registered the run."""
    return RunDefinitions([rounds.rounds_run(settings)])


if __name__ == "__main__":
    catalogue.run_definitions = run_definitions  # type: ignore[assignment]
    catalogue.run_kind = rounds.rounds_run_kind
    main()
