"""Small rules: names of poison queues, names of hosts."""

from pathlib import Path

import pytest

from devhost import host_id, poison_queue
from devhost.app_settings import AppSettings


@pytest.mark.parametrize(
    ("queue", "poison"),
    [("jobs", "jobs-poison"), ("jobs-poison", None), ("q" * 56, "q" * 56 + "-poison"), ("q" * 57, None)],
)
def test_a_poison_queue_is_named_after_its_queue_when_it_has_one(queue: str, poison: str | None) -> None:
    assert poison_queue.name_for(queue) == poison


def test_hosts_of_one_folder_share_an_id_and_others_do_not() -> None:
    settings = AppSettings({})
    assert host_id.of(Path("/a"), settings) == host_id.of(Path("/a"), settings) != host_id.of(Path("/b"), settings)
    assert len(host_id.of(Path("/a"), settings)) <= 32


def test_a_setting_names_the_host() -> None:
    assert host_id.of(Path("/a"), AppSettings({"AzureFunctionsWebHost__hostid": "My-Host"})) == "my-host"
