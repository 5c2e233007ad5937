"""Do the devcontainer, pre-commit, Dependabot and the changelog say what the project is?"""

from __future__ import annotations

import json
import re
import tomllib

import yaml

from shared.config import PROJECT_FOLDER

PROJECT = tomllib.loads((PROJECT_FOLDER / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_devcontainer_has_python_node_core_tools_and_azurite() -> None:
    said = json.loads((PROJECT_FOLDER / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert "devcontainers/python:3.13" in said["image"]
    assert any("features/node:" in feature for feature in said["features"])
    assert "azure-functions-core-tools@4" in said["postCreateCommand"]
    assert "./scripts/setup" in said["postCreateCommand"]  # which installs Azurite
    assert {7071, 10000, 10001} <= set(said["forwardPorts"])


def test_the_hooks_are_programs_of_the_environment() -> None:
    said = yaml.safe_load((PROJECT_FOLDER / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = [hook for repo in said["repos"] for hook in repo["hooks"]]
    assert {"ruff-check", "ruff-format", "mypy", "lint-imports", "zizmor"} <= {hook["id"] for hook in hooks}
    assert [hook["id"] for hook in hooks if not hook["entry"].startswith(".venv/bin/")] == []


def test_dependabot_sees_to_every_lock() -> None:
    said = yaml.safe_load((PROJECT_FOLDER / ".github/dependabot.yml").read_text("utf-8"))
    pip = next(update for update in said["updates"] if update["package-ecosystem"] == "pip")
    folders = ("handbook", "tests", "bench")
    locks = [file for folder in folders for file in (PROJECT_FOLDER / folder).rglob("requirements.txt")]
    assert {"/", *(f"/{file.parent.relative_to(PROJECT_FOLDER)}" for file in locks)} == set(pip["directories"])


def test_the_changelog_has_the_version_that_the_project_is_of() -> None:
    text = (PROJECT_FOLDER / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", text, re.MULTILINE)
    assert versions[0] == ("Unreleased", "")
    assert versions[1][0] == PROJECT["version"]
    assert all(day for _, day in versions[1:])
    assert [day for _, day in versions[1:]] == sorted((day for _, day in versions[1:]), reverse=True)


def test_the_licence_is_the_one_that_is_declared() -> None:
    assert PROJECT["license"] == "MIT"
    assert (PROJECT_FOLDER / "LICENSE").read_text("utf-8").startswith("MIT License\n")
