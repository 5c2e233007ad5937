"""Do traces, metrics and the log arrive where TELEMETRY sends them, each once?

The exporters are the real ones; who receives is a server on this machine.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from shared.config import Settings
from shared.errors import Misconfigured
from tests.azurite import Azurite
from tests.collector import Collector
from tests.integration.telemetry.processes import handled_one

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def collector(httpserver: HTTPServer) -> Collector:
    """A collector, or Application Insights."""
    return Collector(httpserver)


def test_a_collector_gets_spans_metrics_and_the_log_in_one_trace(azurite: Azurite, collector: Collector) -> None:
    handled_one(azurite, TELEMETRY="otlp", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)

    spans = collector.spans()
    assert {span.trace for span in spans} == {TRACE}
    assert {span.name for span in spans} >= {"process any", "create jobs", "replace jobs"}
    assert spans[0].resource["service.name"] == "nightshift"
    assert collector.metrics() >= {
        "nightshift.job.deliveries",
        "messaging.process.duration",
        "db.client.operation.duration",
    }
    ((delivery, fields),) = [(line, told) for line, told in collector.log() if line.body.string_value == "delivery"]
    assert delivery.trace_id.hex() == TRACE
    assert fields["outcome"] == "completed"


def test_application_insights_gets_all_but_the_log_which_the_host_sends(azurite: Azurite, collector: Collector) -> None:
    key = "00000000-0000-0000-0000-000000000001"
    done = handled_one(
        azurite,
        TELEMETRY="azure-monitor",
        APPLICATIONINSIGHTS_CONNECTION_STRING=f"InstrumentationKey={key};IngestionEndpoint={collector.url}/",
        APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL="true",
    )

    sent = [entry for bodies in collector.got.values() for body in bodies for entry in _entries(body)]
    assert {entry["data"]["baseType"] for entry in sent} == {"RequestData", "RemoteDependencyData", "MetricData"}
    (request,) = [entry for entry in sent if entry["data"]["baseType"] == "RequestData"]
    assert request["tags"]["ai.operation.id"] == TRACE
    (line,) = [line for line in done.stderr.splitlines() if '"event": "delivery"' in line]
    assert json.loads(line)["trace_id"] == TRACE, "whoever reads the host's log finds the trace"


def test_the_console_gets_them_line_by_line_on_stderr(azurite: Azurite) -> None:
    done = handled_one(azurite, TELEMETRY="console")

    told = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert "process any" in {one.get("name") for one in told}
    assert any("resource_metrics" in one for one in told)
    assert len(done.stdout.splitlines()) == 1, "stdout is another's"


def test_a_collector_that_is_away_holds_no_job_up(azurite: Azurite) -> None:
    done = handled_one(azurite, TELEMETRY="otlp", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")

    assert '"outcome": "completed"' in done.stderr


def test_application_insights_without_an_address_stops_the_app_with_the_remedy() -> None:
    with pytest.raises(Misconfigured, match="APPLICATIONINSIGHTS_CONNECTION_STRING isn't set"):
        Settings.from_environment({"TELEMETRY": "azure-monitor"})


def _entries(body: bytes) -> list[dict[str, Any]]:
    text = body.decode()
    found = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
    return list(found)
