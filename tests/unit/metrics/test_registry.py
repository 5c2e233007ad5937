"""Which metrics are there, and what does each take from which events?"""

from __future__ import annotations

from collections import Counter

import pytest

from processors.metrics import registry
from processors.metrics.registry import METRICS, USD
from shared.errors import UsageError
from tests.unit.metrics.build import taken


@pytest.mark.parametrize(
    ("kind", "said", "takes"),
    [
        ("document", {}, {"documents_processed": 1}),
        ("document", {"type": "processed"}, {"documents_processed": 1}),
        ("document", {"values": {"pages": 12}}, {"documents_processed": 1, "pages_processed": 12}),
        ("document", {"type": "failed", "values": {"failed_pages": 3}}, {"failed_pages": 3}),
        ("llm", {"reason": "extraction"}, {"llm_calls": 1}),
        ("llm", {"reason": "challenge"}, {"llm_calls": 1, "challenges": 1}),
        ("llm", {"reason": "summarize"}, {"llm_calls": 1, "summarization_calls": 1}),
        ("llm", {"values": {"cost_micro_usd": 12_300}}, {"llm_calls": 1, "llm_usage": 12_300}),
        ("execution", {"type": "api"}, {"deployed_api_requests": 1}),
        ("execution", {"type": "etl"}, {"etl_pipeline_executions": 1}),
        ("execution", {"type": "prompt"}, {"prompt_executions": 1}),
        ("hitl", {"type": "review"}, {"hitl_reviews": 1}),
        ("hitl", {"type": "completion"}, {"hitl_completions": 1}),
        ("job", {"project": "errand", "tag": "dead"}, {"jobs_ended": 1}),
        ("model", {"values": {"cost_micro_usd": 7, "input_tokens": 9}}, {"model_cost": 7}),
    ],
)
def test_each_metric_takes_from_its_events(kind: str, said: dict[str, object], takes: dict[str, int]) -> None:
    assert taken(kind, **said) == takes


def test_the_cases_above_speak_of_every_metric() -> None:
    cases = test_each_metric_takes_from_its_events.pytestmark[0].args[1]

    assert {name for _, _, takes in cases for name in takes} == {metric.name for metric in METRICS}


@pytest.mark.parametrize("reason", ["challenge", "summarize"])
def test_one_call_of_a_model_feeds_all_that_it_speaks_of(reason: str) -> None:
    assert len(taken("llm", reason=reason, values={"cost_micro_usd": 5})) == 3


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("document", {"type": "failed"}),
        ("document", {"type": "failed", "values": {"pages_lost": 3}}),
        ("execution", {}),
        ("execution", {"type": "API"}),
        ("hitl", {"reason": "review"}),
        ("model", {}),
        ("no such kind", {}),
    ],
)
def test_what_an_event_does_not_speak_of_is_not_taken_as_zero(kind: str, said: dict[str, object]) -> None:
    assert taken(kind, **said) == {}


def test_a_value_of_zero_is_spoken_of() -> None:
    assert taken("document", type="failed", values={"failed_pages": 0}) == {"failed_pages": 0}


def test_names_are_told_apart() -> None:
    assert [name for name, times in Counter(metric.name for metric in METRICS).items() if times > 1] == []


def test_counters_count_and_histograms_have_a_value() -> None:
    assert {metric.name for metric in METRICS if (metric.type == "histogram") != (metric.value is not None)} == set()


def test_money_is_kept_in_whole_millionths() -> None:
    assert {metric.name for metric in METRICS if metric.unit is USD} == {"llm_usage", "model_cost"}
    assert USD.kept == 1_000_000


def test_others_tell_of_no_kind_that_is_the_apps_own() -> None:
    assert registry.KINDS == ("document", "execution", "hitl", "llm")


def test_a_metric_is_found_by_its_name_and_an_unknown_one_lists_the_known_ones() -> None:
    assert registry.named("hitl_reviews").source == "hitl"
    with pytest.raises(UsageError, match="documents_processed, pages_processed, failed_pages, llm_calls") as error:
        registry.named("likes")
    assert error.value.code == "metric_unknown"
