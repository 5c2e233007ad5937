"""Do traces, metrics and the log arrive where TELEMETRY sends them, each once?

The exporters are the real ones; who receives is a server on this machine.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from shared.config import Settings
from shared.errors import Misconfigured
from tests.azurite import Azurite
from tests.integration.telemetry.processes import handled_one

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Receiver:
    """Takes what is posted to it."""

    def __init__(self, server: HTTPServer) -> None:
        self.got: dict[str, list[bytes]] = {}
        self.url = server.url_for("").rstrip("/")
        server.expect_request(re.compile(".*")).respond_with_handler(self._take)

    def _take(self, request: Request) -> Response:
        body = request.get_data()
        packed = request.headers.get("Content-Encoding") == "gzip"
        self.got.setdefault(request.path, []).append(gzip.decompress(body) if packed else body)
        return Response(json.dumps({"itemsReceived": 1, "itemsAccepted": 1, "errors": []}), content_type="text/json")


@pytest.fixture
def receiver(httpserver: HTTPServer) -> Receiver:
    """A collector, or Application Insights."""
    return Receiver(httpserver)


def test_a_collector_gets_spans_metrics_and_the_log_in_one_trace(azurite: Azurite, receiver: Receiver) -> None:
    handled_one(azurite, TELEMETRY="otlp", OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url)

    spans = [
        (resource, span)
        for body in receiver.got["/v1/traces"]
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    assert {span.trace_id.hex() for _, span in spans} == {TRACE}
    assert {span.name for _, span in spans} >= {"process any", "create jobs", "replace jobs"}
    named = {one.key: one.value.string_value for one in spans[0][0].resource.attributes}
    assert named["service.name"] == "nightshift"
    metrics = {
        metric.name
        for body in receiver.got["/v1/metrics"]
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert metrics >= {"nightshift.job.deliveries", "messaging.process.duration", "db.client.operation.duration"}
    lines = [
        line
        for body in receiver.got["/v1/logs"]
        for resource in ExportLogsServiceRequest.FromString(body).resource_logs
        for scope in resource.scope_logs
        for line in scope.log_records
    ]
    (delivery,) = [line for line in lines if line.body.string_value == "delivery"]
    assert delivery.trace_id.hex() == TRACE
    assert {one.key: one.value.string_value for one in delivery.attributes}["outcome"] == "completed"


def test_application_insights_gets_all_but_the_log_which_the_host_sends(azurite: Azurite, receiver: Receiver) -> None:
    key = "00000000-0000-0000-0000-000000000001"
    done = handled_one(
        azurite,
        TELEMETRY="azure-monitor",
        APPLICATIONINSIGHTS_CONNECTION_STRING=f"InstrumentationKey={key};IngestionEndpoint={receiver.url}/",
        APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL="true",
    )

    sent = [entry for bodies in receiver.got.values() for body in bodies for entry in _entries(body)]
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
