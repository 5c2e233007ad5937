"""Where do settings, %NAMES% and connections come from?"""

from pathlib import Path

import pytest

from devhost import connections, local_settings
from devhost.app_settings import AppSettings
from devhost.errors import FunctionInError, Refused


def write(folder: Path, text: str) -> Path:
    (folder / "local.settings.json").write_text(text, encoding="utf-8-sig")
    return folder


def test_the_environment_wins_over_local_settings(tmp_path: Path) -> None:
    write(tmp_path, '{"IsEncrypted": false, "Values": {"A": "file", "B": "file"}}')
    environ = {"A": "environment"}
    local_settings.apply(tmp_path, environ)
    assert environ == {"A": "environment", "B": "file"}


def test_no_file_means_the_environment_alone(tmp_path: Path) -> None:
    environ = {"A": "1"}
    local_settings.apply(tmp_path, environ)
    assert environ == {"A": "1"}


@pytest.mark.parametrize("text", ['{"Values": {}}', '{"IsEncrypted": true, "Values": {}}'])
def test_a_file_that_counts_as_encrypted_is_refused_with_the_remedy(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused, match='Write "IsEncrypted": false'):
        local_settings.read(write(tmp_path, text))


def test_comments_and_trailing_commas_are_allowed_outside_texts(tmp_path: Path) -> None:
    text = '{"IsEncrypted": false, // plain\n "Values": {"A": "http://x/*y*/,}", /* b\n */ "B": 5, "C": true,},}'
    assert local_settings.read(write(tmp_path, text)) == {"A": "http://x/*y*/,}", "B": "5", "C": "True"}


@pytest.mark.parametrize("text", ["{", "[]", '{"IsEncrypted": false, "Values": {"A": {}}}'])
def test_a_file_that_can_not_be_used_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused, match=r"local\.settings\.json"):
        local_settings.read(write(tmp_path, text))


def test_names_between_percent_signs_are_filled_ignoring_case() -> None:
    settings = AppSettings({"QUEUE_NAME": "jobs", "Suffix": "x"})
    assert settings.fill("%queue_name%-%Suffix%") == "jobs-x"


@pytest.mark.parametrize("values", [{}, {"QUEUE_NAME": ""}])
def test_a_name_that_resolves_to_nothing_puts_the_function_in_error(values: dict[str, str]) -> None:
    with pytest.raises(FunctionInError, match=r"Set QUEUE_NAME in local\.settings\.json"):
        AppSettings(values).fill("%QUEUE_NAME%")


@pytest.mark.parametrize(
    ("name", "value", "disabled"),
    [
        ("AzureWebJobs.F.Disabled", "true", True),
        ("AzureWebJobs.F.Disabled", "1", True),
        ("AzureWebJobs_F_Disabled", "True", True),
        ("AzureWebJobs.F.Disabled", "false", False),
        ("AzureWebJobs.G.Disabled", "true", False),
    ],
)
def test_a_function_is_disabled_by_its_setting(name: str, value: str, disabled: bool) -> None:
    assert AppSettings({name: value}).is_disabled("F") is disabled


def test_a_connection_is_looked_for_with_the_prefix_first() -> None:
    settings = AppSettings({"AzureWebJobsX": "first", "X": "second", "Y": "alone", "AzureWebJobsStorage": "storage"})
    found = {name: connections.resolve(name, settings).text for name in ("X", "Y", "AzureWebJobsStorage", "")}
    assert found == {"X": "first", "Y": "alone", "AzureWebJobsStorage": "storage", "": "storage"}


@pytest.mark.parametrize(
    ("name", "value", "uri"),
    [
        ("X__queueServiceUri", "https://q.example", "https://q.example"),
        ("AzureWebJobsX__serviceUri", "https://s.example", "https://s.example"),
        ("X__accountName", "acme", "https://acme.queue.core.windows.net"),
    ],
)
def test_a_connection_may_be_reached_by_identity(name: str, value: str, uri: str) -> None:
    assert connections.resolve("X", AppSettings({name: value})).uri == uri


def test_a_connection_without_value_puts_the_function_in_error_with_the_remedy() -> None:
    with pytest.raises(FunctionInError, match="UseDevelopmentStorage=true"):
        connections.resolve("X", AppSettings({}))


def test_a_connection_string_that_is_none_does_not_show_its_text() -> None:
    connection = connections.resolve("X", AppSettings({"X": "topsecret"}))
    with pytest.raises(FunctionInError, match="setting X") as caught:
        connections.open_queues(connection)
    assert "topsecret" not in str(caught.value)
