"""How do tests ask the Bicep compiler? It is the program that $BICEP names, else the one on PATH."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.azurite import PROJECT
from tests.patience import LIMIT_SECONDS

FOLDER = PROJECT / "infra"
MAIN = FOLDER / "main.bicep"
_PROGRAM = os.environ.get("BICEP") or shutil.which("bicep")
NOBODY = "00000000-0000-0000-0000-000000000001"

needs_bicep = pytest.mark.skipif(
    _PROGRAM is None, reason="there is no Bicep compiler: put bicep on PATH, or name it in BICEP"
)

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a deployment would contain: its resources, and the names of its outputs."""

    resources: list[Resource]
    outputs: list[str]

    def of_type(self, type: str) -> list[Resource]:
        """Return the resources of a type."""
        return [one for one in self.resources if one["type"] == type]

    def only(self, type: str) -> Resource:
        """Return the one resource of a type."""
        (found,) = self.of_type(type)
        return found


def run(*arguments: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Run the compiler."""
    assert _PROGRAM is not None
    return subprocess.run(
        [_PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )


@lru_cache
def template(file: Path) -> dict[str, Any]:
    """Return the ARM template that a file compiles to."""
    done = run("build", str(file), "--stdout")
    assert done.returncode == 0, done.stderr
    compiled: dict[str, Any] = json.loads(done.stdout)
    return compiled


def deployment(folder: Path, parameters: Path) -> Deployment:
    """Return what a deployment with these parameters would contain; it is worked out in an empty folder."""
    shutil.copytree(FOLDER, folder / "infra")
    shutil.copy(parameters, folder / "it.bicepparam")
    where = ("--subscription-id", NOBODY, "--tenant-id", NOBODY, "--location", "westeurope")
    done = run("snapshot", "it.bicepparam", *where, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((folder / "it.snapshot.json").read_text("utf-8"))
    assert told["diagnostics"] == []
    return Deployment(told["predictedResources"], list(told["outputs"]))
