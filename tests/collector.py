"""A collector on this machine: takes what exporters post to it, and reads OTLP."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response


@dataclass(frozen=True)
class Spanned:
    """A span as it came."""

    name: str
    trace: str
    id: str
    parent: str
    began: int
    attributes: dict[str, object]
    resource: dict[str, object]


class Collector:
    """What was posted, by path."""

    def __init__(self, server: HTTPServer) -> None:
        self.got: dict[str, list[bytes]] = {}
        self.url = server.url_for("").rstrip("/")
        server.expect_request(re.compile("/(v1/|v2).*")).respond_with_handler(self._take)

    def spans(self) -> list[Spanned]:
        """Return the spans, in the order of their beginning."""
        found = [
            Spanned(
                span.name,
                span.trace_id.hex(),
                span.span_id.hex(),
                span.parent_span_id.hex(),
                span.start_time_unix_nano,
                _values(span.attributes),
                _values(resource.resource.attributes),
            )
            for body in self.got.get("/v1/traces", [])
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
        return sorted(found, key=lambda span: span.began)

    def metrics(self) -> set[str]:
        """Return the metrics' names."""
        return {
            metric.name
            for body in self.got.get("/v1/metrics", [])
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def log(self) -> list[tuple[LogRecord, dict[str, object]]]:
        """Return the lines of the log, with their attributes."""
        return [
            (line, _values(line.attributes))
            for body in self.got.get("/v1/logs", [])
            for resource in ExportLogsServiceRequest.FromString(body).resource_logs
            for scope in resource.scope_logs
            for line in scope.log_records
        ]

    def _take(self, request: Request) -> Response:
        body = request.get_data()
        packed = request.headers.get("Content-Encoding") == "gzip"
        self.got.setdefault(request.path, []).append(gzip.decompress(body) if packed else body)
        return Response(json.dumps({"itemsReceived": 1, "itemsAccepted": 1, "errors": []}), content_type="text/json")


def _values(given: object) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in given:  # type: ignore[attr-defined]
        assert isinstance(one, KeyValue)
        found[one.key] = getattr(one.value, str(one.value.WhichOneof("value")))
    return found
