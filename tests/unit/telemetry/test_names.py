"""Are the names those of OpenTelemetry's semantic conventions, wherever these have one?"""

from __future__ import annotations

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.semconv._incubating.attributes import (
    azure_attributes,
    db_attributes,
    faas_attributes,
    gen_ai_attributes,
    messaging_attributes,
)
from opentelemetry.semconv._incubating.metrics import azure_metrics, gen_ai_metrics, messaging_metrics
from opentelemetry.semconv.attributes import error_attributes, http_attributes
from opentelemetry.semconv.metrics import db_metrics

from shared.config import PROJECT_FOLDER
from shared.telemetry import names
from shared.telemetry.meters import Meters

ATTRIBUTES = {
    value
    for module in (
        azure_attributes,
        db_attributes,
        error_attributes,
        faas_attributes,
        gen_ai_attributes,
        http_attributes,
        messaging_attributes,
    )
    for value in vars(module).values()
    if isinstance(value, str)
}
METRICS = {
    value
    for module in (azure_metrics, db_metrics, gen_ai_metrics, messaging_metrics)
    for value in vars(module).values()
    if isinstance(value, str)
}
INSTRUMENTS = {
    name: instrument.name
    for name, instrument in vars(Meters(MeterProvider([InMemoryMetricReader()]).get_meter("any"))).items()
    if name != "word"
}
PAGE = (PROJECT_FOLDER / "docs/telemetry.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(names.SPAN_ATTRIBUTES | {names.AI_TOKEN_TYPE}))
def test_an_attribute_is_the_conventions_or_named_as_ours(name: str) -> None:
    assert name.startswith("nightshift.") or name in ATTRIBUTES
    assert f"`{name}`" in PAGE, "docs/telemetry.md lists it"


@pytest.mark.parametrize("name", sorted(INSTRUMENTS.values()))
def test_a_metric_is_the_conventions_or_named_as_ours(name: str) -> None:
    assert name.startswith("nightshift.") or name in METRICS
    assert f"`{name}`" in PAGE, "docs/telemetry.md lists it"
