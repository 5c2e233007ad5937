"""What does an instance import before its first invocation? As little as its cold start needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.azurite import PROJECT
from tests.patience import LIMIT_SECONDS

IMPORT_AND_TELL = "import json, sys, function_app; print(json.dumps(sorted(sys.modules)))"
LATER = (
    "PIL",
    "ada_url",
    "api.bridge",
    "aiohttp",
    "azure.core",
    "azure.cosmos",
    "azure.identity",
    "azure.storage",
    "fastapi",
    "feedparser",
    "jinja2",
    "jwt",
    "numpy",
    "openai",
    "opentelemetry",
    "price_parser",
    "pydantic",
    "protego",
    "rich",
    "selectolax",
    "sqlite3",
    "starlette",
    "tenacity",
    "typer",
)


def imported(**settings: str) -> subprocess.CompletedProcess[str]:
    """Import function_app in a new process that has only these settings."""
    return subprocess.run(
        [sys.executable, "-c", IMPORT_AND_TELL],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **settings},
        timeout=LIMIT_SECONDS,
    )


@pytest.fixture(scope="module")
def modules() -> list[str]:
    """The modules that an import of function_app leaves behind."""
    done = imported()
    assert done.returncode == 0, done.stderr
    loaded: list[str] = json.loads(done.stdout)
    return loaded


@pytest.mark.parametrize("package", LATER)
def test_importing_the_app_does_not_import(package: str, modules: list[str]) -> None:
    assert [module for module in modules if module == package or module.startswith(f"{package}.")] == []


def test_the_app_itself_is_what_it_imports(modules: list[str]) -> None:
    assert {"api", "azure.functions", "function_app", "processors.taste", "shared.config"} <= set(modules)


def test_a_poison_queue_that_the_host_does_not_use_stops_the_app_with_the_reason() -> None:
    done = imported(TASTE_JOB_DEAD_LETTER_QUEUE_NAME="taste-dead-letters")

    assert done.returncode == 1
    assert "TASTE_JOB_DEAD_LETTER_QUEUE_NAME is 'taste-dead-letters'" in done.stderr
    assert "set it to 'taste-analysis-jobs-poison'" in done.stderr


def test_the_api_does_not_load_the_console_until_one_of_its_pages_is_asked_for() -> None:
    told = "import json, sys, api.app; api.app.routes_of(None); print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, cwd=PROJECT, check=True,
                          timeout=LIMIT_SECONDS)  # fmt: skip
    loaded = [module for module in json.loads(done.stdout) if module.startswith(("api.console", "jinja2"))]
    assert loaded == ["api.console", "api.console.mount"]
