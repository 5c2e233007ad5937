"""Are the kinds of an app told apart, by their names and by their queues?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from processors.catalogue import registry, run_definitions
from shared.config import Settings
from shared.errors import Misconfigured
from shared.jobs.kinds import Registry
from shared.jobs.runs.definition import RunDefinitions
from tests.unit.jobs.build import kind


def test_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="Two kinds of job are called 'errand'"):
        Registry([kind(), replace(kind(), queue="other-jobs")])


@pytest.mark.parametrize(
    ("queue", "shared"),
    [
        ("errand-jobs", "errand-jobs"),
        ("errand-jobs-poison", "errand-jobs-poison"),  # the host's poison for one, work for the other
    ],
)
def test_kinds_that_would_read_each_others_messages_are_refused(queue: str, shared: str) -> None:
    with pytest.raises(Misconfigured, match=f"'errand' and 'other' share the queue '{shared}'") as refused:
        Registry([kind(), replace(kind(), name="other", queue=queue)])

    assert refused.value.code == "queue_shared"


def test_two_queues_of_the_app_with_one_name_are_refused() -> None:
    with pytest.raises(Misconfigured, match="'scrape-jobs'"):
        registry(Settings(mood_queue="scrape-jobs"))


def test_runs_of_one_name_are_refused() -> None:
    (run, *_) = run_definitions(Settings())

    with pytest.raises(ValueError, match=f"Two runs are called {run.name!r}"):
        RunDefinitions([run, run])
