"""Do the workflows fit their schema, ask for no right that they don't need, and call scripts that are there?"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.config import PROJECT_FOLDER

FOLDER = PROJECT_FOLDER / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
PYTHONS = ["3.11", "3.12", "3.13"]


def read(workflow: Path) -> dict[str, Any]:
    """Return a workflow; YAML takes its key `on` for true."""
    read: dict[str, Any] = yaml.safe_load(workflow.read_text("utf-8"))
    return read


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (workflow/job, the job) of each."""
    for workflow in WORKFLOWS:
        for name, job in read(workflow)["jobs"].items():
            yield f"{workflow.stem}/{name}", job


def run(*command: str) -> str:
    """Run a program of the environment; return what it says, if it fails."""
    program = Path(sys.executable).parent / command[0]
    done = subprocess.run([program, *command[1:]], cwd=PROJECT_FOLDER, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "files"), [("github-workflows", WORKFLOWS), ("dependabot", [FOLDER / "dependabot.yml"])], ids=str
)
def test_each_file_fits_its_schema(schema: str, files: list[Path]) -> None:
    assert run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files)) == ""


def test_an_audit_of_the_workflows_finds_nothing() -> None:
    assert run("zizmor", "--offline", "--no-progress", ".github") == ""


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.stem)
def test_a_workflow_may_only_read_and_runs_once_a_branch(workflow: Path) -> None:
    said = read(workflow)
    assert said["permissions"] == {"contents": "read"}
    assert said["concurrency"]["cancel-in-progress"] is True


def test_only_the_analysis_may_write_and_only_what_it_found() -> None:
    asked = {name: job["permissions"] for name, job in jobs() if "permissions" in job}
    assert asked == {"codeql/analyse": {"contents": "read", "security-events": "write"}}


def test_every_job_ends_by_itself() -> None:
    assert [name for name, job in jobs() if "timeout-minutes" not in job] == []


def test_every_python_that_is_supported_is_tested() -> None:
    assert dict(jobs())["ci/test"]["strategy"]["matrix"]["python"] == PYTHONS


def test_each_action_is_used_in_one_version() -> None:
    used = {step["uses"] for _, job in jobs() for step in job["steps"] if "uses" in step}
    names = [action.split("@")[0] for action in used]
    assert sorted(names) == sorted(set(names))


def test_every_script_that_a_job_calls_is_there() -> None:
    called = {script for _, job in jobs() for step in job["steps"] for script in _scripts(step.get("run", ""))}
    assert len(called) > 6
    assert [script for script in sorted(called) if not (PROJECT_FOLDER / script).exists()] == []


def _scripts(line: str) -> list[str]:
    return re.findall(r"\./(scripts/[\w-]+)", line)
