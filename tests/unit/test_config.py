"""Are settings read as they are meant, and refused with their name and the remedy?"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from shared import config
from shared.config import PROJECT_FOLDER, Settings
from shared.errors import Misconfigured
from shared.settings_reference import describe

OF_THE_HOST = {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsDisableHomepage"}
OF_A_LAPTOP = {"AUTH_MODE": "dev", "AZURE_FUNCTIONS_ENVIRONMENT": "Development"}
OF_AZURE = {
    "AzureWebJobsStorage__accountName",
    "AzureWebJobsStorage__queueServiceUri",
    "AzureWebJobsStorage__blobServiceUri",
    *config.OF_AZURE,
}
DERIVED = {"TASTE_JOB_DEAD_LETTER_QUEUE_NAME"}


def read(**environment: str) -> Settings:
    """Return the settings of an environment that has only these."""
    return Settings.from_environment(environment)


def sample() -> dict[str, str]:
    """Return the values of local.settings.sample.json."""
    values: dict[str, str] = json.loads((PROJECT_FOLDER / "local.settings.sample.json").read_text())["Values"]
    return values


def test_without_any_setting_the_defaults_hold() -> None:
    assert read() == Settings()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("TASTE_JOB_MAX_ATTEMPTS", "five", "takes a whole number, such as 5"),
        ("TASTE_JOB_MAX_ATTEMPTS", "2.5", "takes a whole number"),
        ("TASTE_JOB_MAX_ATTEMPTS", "", "takes a whole number"),
        ("TASTE_JOB_MAX_ATTEMPTS", "0", "takes 1 or more"),
        ("TASTE_JOB_REDELIVERY_MAX_SECONDS", "5m", "takes a number, such as 300.0"),
        ("TASTE_JOB_REDELIVERY_MAX_SECONDS", "0.5", "takes 1 or more"),
        ("CALL_BASE_BACKOFF_SECONDS", "-1", "takes 0 or more"),
        ("TASTE_JOB_BASE_BACKOFF_SECONDS", "-1", "takes 0 or more"),
        ("TASTE_JOB_COMPLETED_TTL_SECONDS", "inf", "takes 0 or more"),
        ("TASTE_JOB_DEDUPE_TTL_SECONDS", "nan", "takes 0 or more"),
        ("TASTE_PROFILE_HALF_LIFE_DAYS", "0", "takes 0.001 or more"),
    ],
)
def test_a_number_that_is_none_or_out_of_bounds_is_refused_with_its_name(name: str, text: str, says: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read(**{name: text})

    assert name in str(refused.value)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("old", "name", "read_as"),
    [
        ("TASTE_JOB_BASE_BACKOFF_SECONDS", "CALL_BASE_BACKOFF_SECONDS", "call_base_backoff_seconds"),
        ("TASTE_JOB_MAX_BACKOFF_SECONDS", "CALL_MAX_BACKOFF_SECONDS", "call_max_backoff_seconds"),
        ("TASTE_JOB_JITTER_SECONDS", "CALL_JITTER_SECONDS", "call_jitter_seconds"),
    ],
)
def test_a_setting_is_read_by_its_older_name_too_and_its_present_one_wins(old: str, name: str, read_as: str) -> None:
    assert getattr(read(**{old: "0.125"}), read_as) == 0.125
    assert getattr(read(**{name: "0.25"}), read_as) == 0.25
    assert getattr(read(**{old: "0.125", name: "0.25"}), read_as) == 0.25
    assert read(**{old: "0.125"}) == read(**{name: "0.125"})


def test_no_name_of_a_setting_is_anothers() -> None:
    names = [name for f in fields(Settings) for name in (f.metadata["name"], *f.metadata["formerly"])]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", ["taste-dead-letters", "taste-analysis-jobs-Poison"])
def test_a_poison_queue_other_than_the_hosts_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read(TASTE_JOB_DEAD_LETTER_QUEUE_NAME=name)

    assert "always <queue>-poison" in str(refused.value)
    assert "Leave it out, or set it to 'taste-analysis-jobs-poison'" in str(refused.value)


def test_the_poison_queue_of_another_queue_is_named_after_it() -> None:
    assert read(TASTE_JOB_QUEUE_NAME="likes", TASTE_JOB_DEAD_LETTER_QUEUE_NAME="likes-poison").taste_queue == "likes"
    with pytest.raises(Misconfigured, match="'likes-poison'"):
        read(TASTE_JOB_QUEUE_NAME="likes", TASTE_JOB_DEAD_LETTER_QUEUE_NAME="taste-analysis-jobs-poison")


@pytest.mark.parametrize("given", [{}, {"TASTE_JOB_DEAD_LETTER_QUEUE_NAME": ""}])
def test_the_poison_queue_need_not_be_named(given: dict[str, str]) -> None:
    assert read(TASTE_JOB_QUEUE_NAME="likes", **given).taste_queue == "likes"


@pytest.mark.parametrize("name", ["mood-jobs", "mood-jobs-poison"])
def test_two_settings_that_name_one_queue_are_refused(name: str) -> None:
    with pytest.raises(
        Misconfigured, match=f"SCRAPE_QUEUE_NAME and MOOD_QUEUE_NAME share the queue '{name}'"
    ) as refused:
        read(SCRAPE_QUEUE_NAME=name)

    assert refused.value.code == "queue_shared"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DOCUMENTS", "mongo", "it takes sqlite or cosmos"),
        ("NIGHTSHIFT_LOG_LEVEL", "LOUD", "it takes DEBUG, INFO, WARNING or ERROR"),
        ("NIGHTSHIFT_LOG_LEVEL", "WARN", "Did you mean 'WARNING'"),
        ("TASTE_ANALYSER", "gpt", "it takes local or openai"),
        ("MOOD_EXTRACTOR", "", "it takes local or openai"),
        ("EMBEDDINGS", "none", "it takes local or openai"),
        ("DIGEST_SUGGESTER", "opneai", "Did you mean 'openai'"),
    ],
)
def test_a_setting_of_fixed_values_refuses_others_and_says_which_it_takes(name: str, value: str, says: str) -> None:
    with pytest.raises(Misconfigured, match=f"Setting {name} is {value!r}") as refused:
        read(**{name: value})

    assert says in str(refused.value)


@pytest.mark.parametrize(("given", "meant"), [("debug", "DEBUG"), (" Warning ", "WARNING"), ("INFO", "INFO")])
def test_a_setting_of_fixed_values_is_taken_in_any_case(given: str, meant: str) -> None:
    assert read(NIGHTSHIFT_LOG_LEVEL=given).log_level == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("true", True),
        ("True", True),
        ("1", True),
        ("on", True),
        ("false", False),
        ("False", False),
        ("0", False),
        ("", False),
    ],
)
def test_a_flag_means_what_it_says(text: str, meant: bool) -> None:
    assert read(ENABLE_PICKUP_RATE_ALERT=text).enable_pickup_rate_alert is meant


def test_a_flag_that_says_nothing_is_refused() -> None:
    with pytest.raises(Misconfigured, match="ENABLE_PICKUP_RATE_ALERT is 'maybe'; it takes true or false"):
        read(ENABLE_PICKUP_RATE_ALERT="maybe")


@pytest.mark.parametrize("name", ["WEBSITE_INSTANCE_ID", "CONTAINER_NAME", "WEBSITE_POD_NAME"])
def test_in_azure_of_any_plan_only_cosmos_is_accepted(name: str) -> None:
    with pytest.raises(Misconfigured, match="Set DOCUMENTS=cosmos"):
        read(**{name: "abc"})
    settings = read(**{name: "abc", "DOCUMENTS": "cosmos"})
    assert (settings.in_azure, settings.azure_name) == (True, "abc")


@pytest.mark.parametrize(
    "storage",
    [
        "UseDevelopmentStorage=true",
        "AccountName=a;QueueEndpoint=http://127.0.0.1:10001/a;",
        "BlobEndpoint=http://localhost/a",
    ],
)
def test_a_container_whose_storage_is_on_the_same_machine_is_not_in_azure(storage: str) -> None:
    assert not read(CONTAINER_NAME="devbox", AzureWebJobsStorage=storage).in_azure


def test_a_storage_elsewhere_does_not_hide_azure() -> None:
    storage = "AccountName=a;QueueEndpoint=https://localhost.queue.core.windows.net/"
    assert read(CONTAINER_NAME="c", AzureWebJobsStorage=storage, DOCUMENTS="cosmos").in_azure


def test_a_name_that_is_empty_is_no_sign_of_azure() -> None:
    assert not read(WEBSITE_INSTANCE_ID="", CONTAINER_NAME="", WEBSITE_POD_NAME="").in_azure


@pytest.mark.parametrize("name", sorted({one.name for one in describe()} - OF_AZURE - DERIVED))
def test_the_sample_lists_the_setting(name: str) -> None:
    assert name in sample()


def test_the_sample_lists_nothing_unknown() -> None:
    assert set(sample()) - {one.name for one in describe()} == OF_THE_HOST


def test_the_sample_is_a_laptop_with_every_default() -> None:
    values = {name: value for name, value in sample().items() if name not in OF_THE_HOST | {"AzureWebJobsStorage"}}

    assert {name: values.pop(name) for name in OF_A_LAPTOP} == OF_A_LAPTOP
    assert Settings.from_environment(values) == Settings()
    assert sample()["AzureWebJobsStorage"] == "UseDevelopmentStorage=true"


def test_every_setting_says_what_it_is_for() -> None:
    assert [one.name for one in describe() if not one.about.endswith(".")] == []


def test_the_home_folder_is_relative_to_the_project_and_may_be_anywhere(tmp_path: Path) -> None:
    assert read().home_folder == PROJECT_FOLDER / ".local"
    assert read(NIGHTSHIFT_HOME=str(tmp_path)).home_folder == tmp_path


def test_secrets_are_not_in_the_settings_text() -> None:
    settings = Settings.from_environment({"AzureWebJobsStorage": "AccountKey=hidden"})

    assert "hidden" not in repr(settings)
