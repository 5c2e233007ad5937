"""What does the doctor say of settings, host.json and packages?"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from cli.doctor import given_settings, host_file, installed
from operations.health import analyser
from operations.health.finding import Finding
from shared.config import PROJECT_FOLDER, Settings

HOMEPAGE = {host_file.HOMEPAGE: "true"}
HOST_FILE = PROJECT_FOLDER / "host.json"
SAMPLE: dict[str, str] = json.loads((PROJECT_FOLDER / "local.settings.sample.json").read_text())["Values"]


def named(findings: Any, name: str) -> Finding:
    """Return the finding of that name."""
    return next(finding for finding in findings if finding.name == name)


def wrong(findings: Any) -> list[str]:
    """Return the names of what is wrong."""
    return [finding.name for finding in findings if finding.state == "wrong"]


@pytest.mark.parametrize(
    ("environment", "file", "source", "found"),
    [
        ({}, {}, "default", "5"),
        ({}, {"TASTE_JOB_MAX_ATTEMPTS": "7"}, "local.settings.json", "7"),
        ({"TASTE_JOB_MAX_ATTEMPTS": "9"}, {"TASTE_JOB_MAX_ATTEMPTS": "7"}, "environment", "9"),
    ],
)
def test_a_setting_comes_with_where_it_came_from(
    environment: dict[str, str], file: dict[str, str], source: str, found: str
) -> None:
    finding = named(given_settings.check(environment, file), "TASTE_JOB_MAX_ATTEMPTS")

    assert (finding.source, finding.found) == (source, found)


@pytest.mark.parametrize("name", ["COSMOS_KEY", "OPENAI_API_KEY", "AzureWebJobsStorage"])
def test_a_secret_is_never_shown(name: str) -> None:
    findings = list(given_settings.check({name: "c2VjcmV0"}, {}))

    assert "c2VjcmV0" not in str(findings)
    assert named(findings, name).found == "given, and not shown"


def test_a_setting_that_cannot_be_read_is_wrong() -> None:
    findings = list(given_settings.check({"TASTE_JOB_MAX_ATTEMPTS": "many"}, {}))

    assert wrong(findings) == ["all together"]


def test_a_setting_that_nobody_reads_is_a_warning() -> None:
    file = {"FUNCTIONS_WORKER_RUNTIME": "python", "TASTE_JOB_MAX_ATEMPTS": "5", "AzureFunctionsJobHost__x": "1"}

    findings = list(given_settings.check({}, file))

    assert [finding.name for finding in findings if finding.state == "warning"] == ["TASTE_JOB_MAX_ATEMPTS"]


OLD, PRESENT = "TASTE_JOB_JITTER_SECONDS", "CALL_JITTER_SECONDS"


@pytest.mark.parametrize(
    ("environment", "file", "source"),
    [({}, {OLD: "0.5"}, "local.settings.json"), ({OLD: "0.5"}, {OLD: "0.25"}, "environment")],
)
def test_an_older_name_counts_and_is_a_warning_that_says_the_present_one(
    environment: dict[str, str], file: dict[str, str], source: str
) -> None:
    findings = list(given_settings.check(environment, {**file, "FUNCTIONS_WORKER_RUNTIME": "python"}))

    (finding,) = [finding for finding in findings if finding.state == "warning"]
    assert (finding.name, finding.found, finding.source) == (OLD, f"an old name of {PRESENT}", source)
    assert finding.mend == f"Rename it: {PRESENT}."
    assert (named(findings, PRESENT).found, named(findings, PRESENT).source) == ("0.5", source)


def test_an_older_name_beside_the_present_one_is_to_be_removed() -> None:
    findings = list(given_settings.check({OLD: "0.5"}, {PRESENT: "0.25", "FUNCTIONS_WORKER_RUNTIME": "python"}))

    (finding,) = [finding for finding in findings if finding.state == "warning"]
    assert (finding.name, finding.found) == (OLD, f"an old name of {PRESENT}, which wins")
    assert finding.mend == "Remove it."
    assert (named(findings, PRESENT).found, named(findings, PRESENT).source) == ("0.25", "local.settings.json")


def test_a_file_that_names_no_worker_is_wrong() -> None:
    file = {name: value for name, value in SAMPLE.items() if name != "FUNCTIONS_WORKER_RUNTIME"}

    assert wrong(given_settings.check({}, file)) == ["FUNCTIONS_WORKER_RUNTIME"]


def test_a_queue_that_a_trigger_names_and_nobody_gives_is_wrong() -> None:
    file = {name: value for name, value in SAMPLE.items() if name != "RUN_QUEUE_NAME"}

    (finding,) = [one for one in given_settings.check({}, file) if one.state == "wrong"]

    assert (finding.name, finding.mend) == ("RUN_QUEUE_NAME", "Set RUN_QUEUE_NAME=job-runs")


@pytest.mark.parametrize(("given", "state"), [(None, "warning"), ("false", "warning"), ("True", "ok")])
def test_that_the_hosts_own_page_stands_in_the_place_of_the_api_is_told(given: str | None, state: str) -> None:
    settings = {} if given is None else {host_file.HOMEPAGE: given}
    finding = named(list(host_file.check(HOST_FILE, settings)), host_file.HOMEPAGE)

    assert finding.state == state
    assert finding.mend == (None if state == "ok" else "Set AzureWebJobsDisableHomepage=true.")


def test_the_projects_host_file_is_what_the_runtime_relies_on() -> None:
    assert {finding.state for finding in host_file.check(HOST_FILE, HOMEPAGE)} == {"ok"}


@pytest.mark.parametrize("name", [name for name, _, _ in host_file.RELIED_ON])
@pytest.mark.parametrize("value", [None, "other"])
def test_a_value_that_is_missing_or_other_is_wrong_and_says_what_it_should_be(
    tmp_path: Path, name: str, value: str | None
) -> None:
    content = json.loads(HOST_FILE.read_text())
    *sections, last = name.split(".")
    inner = content
    for section in sections:
        inner = inner[section]
    wanted = inner.pop(last)
    if value is not None:
        inner[last] = value
    path = tmp_path / "host.json"
    path.write_text(json.dumps(content))

    findings = list(host_file.check(path, HOMEPAGE))

    assert wrong(findings) == [name]
    assert named(findings, name).mend == f"Set it to {json.dumps(wanted)}."


def test_a_setting_that_overrides_the_host_file_is_what_counts() -> None:
    override = {**HOMEPAGE, "AzureFunctionsJobHost__extensions__queues__maxDequeueCount": "5"}

    findings = list(host_file.check(HOST_FILE, override))

    assert wrong(findings) == ["extensions.queues.maxDequeueCount"]
    assert "Remove the setting" in str(named(findings, "extensions.queues.maxDequeueCount").mend)


@pytest.mark.parametrize("content", ["", "{", None])
def test_a_host_file_that_cannot_be_read_is_wrong(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "host.json"
    if content is not None:
        path.write_text(content)

    assert wrong(host_file.check(path, HOMEPAGE)) == [str(path)]


def test_the_lock_is_what_is_installed() -> None:
    assert wrong(installed.check(PROJECT_FOLDER / "requirements.txt")) == []


def test_a_package_that_is_missing_or_another_is_wrong(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(
        f"rich=={version('rich')} \\\n    --hash=sha256:0\ntyper==0.0.1 \\\nnobody-made-this==1.0 \\\n"
        "only-elsewhere==1.0 ; sys_platform == 'emscripten' \\\n"
    )

    assert wrong(installed.check(lock)) == ["typer", "nobody-made-this"]


@pytest.mark.parametrize(("python", "is_wrong"), [((3, 10), True), ((3, 11), False), ((3, 13), False), ((3, 14), True)])
def test_a_python_that_the_app_does_not_run_on_is_wrong(python: tuple[int, int], is_wrong: bool) -> None:
    finding = next(installed.check(PROJECT_FOLDER / "requirements.txt", python))

    assert (finding.state == "wrong") == is_wrong


def test_a_local_analyser_needs_nothing() -> None:
    assert wrong(analyser.check(Settings(taste_analyser="local"))) == []


def test_a_model_needs_somebody_to_ask_and_a_price() -> None:
    unknown = Settings(taste_analyser="openai", openai_model="unheard-of")

    assert wrong(analyser.check(unknown)) == ["unheard-of", "price"]


def test_a_model_with_a_key_and_a_price_is_fine() -> None:
    assert wrong(analyser.check(Settings(taste_analyser="openai", openai_api_key="key"))) == []
