"""Do the dependencies point one way, and would we notice if they did not?

Runs import-linter over a copy of the tree: as it is, and with an import planted that each contract must refuse.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import LIMIT_SECONDS

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "cli", "devhost", "operations", "processors", "shared")


PLANTED = (
    ("shared/planted.py", "processors.taste"),
    ("shared/planted.py", "cli"),
    ("shared/jobs/planted.py", "opentelemetry"),
    ("shared/jobs/planted.py", "shared.telemetry.recording"),
    ("shared/telemetry/signals.py", "shared.telemetry.recording"),
    ("shared/telemetry/planted.py", "shared.jobs.record"),
    ("shared/planted.py", "api"),
    ("operations/planted.py", "api.app"),
    ("api/planted.py", "cli"),
    ("api/routes/planted.py", "processors.taste"),
    ("api/routes/jobs.py", "shared.jobs.producer"),
    ("api/planted.py", "function_app"),
    ("api/planted.py", "shared.documents.port"),
    ("api/planted.py", "shared.queues.storage"),
    ("api/planted.py", "devhost.indexing"),
    ("cli/planted.py", "api"),
    ("devhost/planted.py", "api"),
    ("shared/planted.py", "function_app"),
    ("shared/clock.py", "shared.jobs"),
    ("shared/documents/planted.py", "shared.queues"),
    ("shared/jobs/planted.py", "shared.alerts.notifications"),
    ("shared/alerts/machine.py", "shared.documents.port"),
    ("shared/alerts/channels/slack.py", "shared.jobs"),
    ("shared/alerts/channels/slack.py", "shared.alerts.channels.webhook"),
    ("shared/alerts/channels/pagerduty.py", "shared.alerts.channels.slack"),
    ("processors/planted.py", "cli"),
    ("processors/planted.py", "processors.taste"),
    ("processors/taste/planted.py", "processors.catalogue"),
    ("processors/digest/planted.py", "processors.taste.stored"),
    ("processors/digest/planted.py", "processors.composition"),
    ("processors/planted.py", "devhost"),
    ("processors/planted.py", "operations"),
    ("shared/planted.py", "operations.jobs"),
    ("operations/planted.py", "cli"),
    ("operations/planted.py", "devhost.indexing"),
    ("cli/planted.py", "shared.documents.containers"),
    ("cli/planted.py", "shared.documents.port"),
    ("cli/planted.py", "shared.queues.storage"),
    ("cli/commands/planted.py", "shared.blobs.storage"),
    ("devhost/planted.py", "shared.errors"),
    ("devhost/planted.py", "function_app"),
    ("cli/planted.py", "devhost.indexing"),
)
"""Imports that a contract must refuse: the file that they are planted in, and what it imports."""


def copied_to(folder: Path) -> Path:
    """Copy the project's code and contracts to a folder, and return it."""
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("function_app.py", ".importlinter"):
        shutil.copy(PROJECT / file, folder)
    return folder


@pytest.fixture(scope="module")
def broken_tree(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a tree with all that is planted."""
    tree = copied_to(tmp_path_factory.mktemp("tree"))
    for importer, imported in PLANTED:
        with (tree / importer).open("a") as file:
            file.write(f"\nimport {imported}\n")
    found = lint_imports(tree)
    assert found.returncode == 1
    return found.stdout


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=LIMIT_SECONDS)


def test_the_tree_keeps_every_contract(tmp_path: Path) -> None:
    found = lint_imports(copied_to(tmp_path))

    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(("importer", "imported"), PLANTED)
def test_a_planted_import_breaks_a_contract(broken_tree: str, importer: str, imported: str) -> None:
    assert f"{importer.removesuffix('.py').replace('/', '.')} -> {imported}" in broken_tree


def test_a_circle_of_imports_breaks_a_contract_though_only_types_need_it(tmp_path: Path) -> None:
    tree = copied_to(tmp_path)
    record = tree / "shared/jobs/record.py"
    needed_for_types = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shared.jobs.kinds import Kind\n"
    record.write_text(f"{record.read_text()}\n{needed_for_types}")

    found = lint_imports(tree)

    assert found.returncode == 1
    assert "No cycles are allowed in shared.jobs" in found.stdout
