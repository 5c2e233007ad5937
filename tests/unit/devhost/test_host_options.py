"""What does host.json ask for, and what does the host refuse?"""

import json
from pathlib import Path
from typing import Any

import pytest

from devhost import host_options
from devhost.app_settings import AppSettings
from devhost.errors import Refused
from devhost.host_options import HostOptions


def read(folder: Path, settings: dict[str, str] | None = None, cpus: int = 2, **queues: Any) -> HostOptions:
    (folder / "host.json").write_text(json.dumps({"version": "2.0", "extensions": {"queues": queues}}))
    return host_options.read(folder, AppSettings(settings or {}), cpus)


def test_the_defaults_are_the_hosts(tmp_path: Path) -> None:
    queues = read(tmp_path).queues
    assert (queues.batch_size, queues.max_dequeue_count, queues.visibility_timeout_seconds) == (16, 5, 0)
    assert (queues.max_polling_seconds, queues.base64) == (60.0, True)


@pytest.mark.parametrize(
    ("batch_size", "cpus", "threshold"), [(16, 1, 8), (16, 2, 16), (1, 4, 0), (5, 2, 4), (32, 8, 128)]
)
def test_new_batch_threshold_defaults_to_half_a_batch_a_cpu(
    tmp_path: Path, batch_size: int, cpus: int, threshold: int
) -> None:
    queues = read(tmp_path, cpus=cpus, batchSize=batch_size).queues
    assert queues.new_batch_threshold == threshold
    assert queues.parallel_limit == batch_size + threshold


def test_development_polls_at_least_every_two_seconds_unless_host_json_says_otherwise(tmp_path: Path) -> None:
    development = {"AZURE_FUNCTIONS_ENVIRONMENT": "Development"}
    assert read(tmp_path, development).queues.max_polling_seconds == 2.0
    assert read(tmp_path, development, maxPollingInterval="00:00:09").queues.max_polling_seconds == 9.0


def test_settings_win_over_host_json(tmp_path: Path) -> None:
    settings = {
        "AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:03",
        "azurefunctionsjobhost__functionTimeout": "-1",
    }
    options = read(tmp_path, settings, visibilityTimeout="00:01:00")
    assert options.queues.visibility_timeout_seconds == 3
    assert options.timeout_seconds is None


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("batchSize", 0),
        ("batchSize", 33),
        ("batchSize", "many"),
        ("newBatchThreshold", -1),
        ("maxDequeueCount", 0),
        ("maxPollingInterval", "00:00:00.05"),
        ("maxPollingInterval", 2),
        ("visibilityTimeout", "30s"),
        ("visibilityTimeout", "00:99:00"),
        ("messageEncoding", "utf8"),
    ],
)
def test_values_out_of_range_are_refused_by_name(tmp_path: Path, option: str, value: object) -> None:
    with pytest.raises(Refused, match=option):
        read(tmp_path, **{option: value})


def test_an_option_the_host_does_not_know_is_warned_of(tmp_path: Path) -> None:
    (warning,) = read(tmp_path, batchsize=4, batchSice=4).warnings
    assert "batchsice" in warning


@pytest.mark.parametrize(("text", "seconds"), [("00:00:30", 30), ("1.02:03:04", 93784), ("00:00:00.25", 0.25)])
def test_time_spans_are_read_as_dotnet_writes_them(text: str, seconds: float) -> None:
    assert host_options.parse_span("x", text) == seconds


def test_a_host_json_is_needed_and_of_version_2(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is missing"):
        host_options.read(tmp_path, AppSettings({}))
    (tmp_path / "host.json").write_text("{}")
    with pytest.raises(Refused, match=r'"version" must be "2\.0"'):
        host_options.read(tmp_path, AppSettings({}))
