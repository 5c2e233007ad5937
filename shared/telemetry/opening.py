"""Opening: what records the signals of this process, and where do they go?

As the setting TELEMETRY says: nowhere (off), to stderr (console), to an OTLP collector over HTTP (otlp), or to
Application Insights (azure-monitor). OpenTelemetry is imported here and nowhere before: off it costs no import. In
Azure the log goes through the Functions worker to the host, and from there to Application Insights; so azure-monitor
sends traces and metrics only, or every line would be there twice.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from shared.config import Settings
from shared.telemetry import signals
from shared.telemetry.events import ROOT

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace.export import SpanExporter

_SECONDS = 5.0
"""Time-out of an export. Exports run on threads of their own; no message waits for them."""


def open_signals(settings: Settings) -> None:
    """Let the process's signals go where the settings say. Calling it again changes nothing."""
    if settings.telemetry == "off" or signals.current().is_on:
        return
    from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from shared.telemetry.allowed import Allowed
    from shared.telemetry.recording import Recording

    resource = _resource(settings)
    span_exporter, metric_exporter = _exporters(settings)
    traces = TracerProvider(resource=resource)
    traces.add_span_processor(BatchSpanProcessor(Allowed(span_exporter)))
    # A metric needs no example: its trace is told by itself.
    metrics = MeterProvider(
        [PeriodicExportingMetricReader(metric_exporter)], resource=resource, exemplar_filter=AlwaysOffExemplarFilter()
    )
    signals.use(Recording(traces, metrics))
    if settings.telemetry == "otlp":
        _export_log(settings, resource)


def _exporters(settings: Settings) -> tuple[SpanExporter, MetricExporter]:
    if settings.telemetry == "console":
        return _console()
    return _otlp(settings) if settings.telemetry == "otlp" else _azure_monitor(settings)


def _console() -> tuple[SpanExporter, MetricExporter]:
    import sys

    from opentelemetry.sdk.metrics.export import ConsoleMetricExporter
    from opentelemetry.sdk.trace.export import ConsoleSpanExporter

    def line(span: object) -> str:
        return f"{span.to_json(indent=None)}\n"  # type: ignore[attr-defined]

    def lines(data: object) -> str:
        return f"{data.to_json(indent=None)}\n"  # type: ignore[attr-defined]

    # stdout belongs to who started the process: devhost's answers, a command's JSON.
    return ConsoleSpanExporter(out=sys.stderr, formatter=line), ConsoleMetricExporter(out=sys.stderr, formatter=lines)


def _otlp(settings: Settings) -> tuple[SpanExporter, MetricExporter]:
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    base = settings.otlp_endpoint.rstrip("/")
    return (
        OTLPSpanExporter(endpoint=f"{base}/v1/traces", timeout=_SECONDS),
        OTLPMetricExporter(endpoint=f"{base}/v1/metrics", timeout=_SECONDS),
    )


def _azure_monitor(settings: Settings) -> tuple[SpanExporter, MetricExporter]:
    from azure.monitor.opentelemetry.exporter import AzureMonitorMetricExporter, AzureMonitorTraceExporter

    # Nothing is left on the instance's disk; what can't be sent is lost.
    where = {"connection_string": settings.insights, "disable_offline_storage": True}
    return AzureMonitorTraceExporter(**where), AzureMonitorMetricExporter(**where)


def _export_log(settings: Settings, resource: Resource) -> None:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

    from shared.telemetry.log_records import ToCollector

    provider = LoggerProvider(resource=resource)
    exporter = OTLPLogExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/logs", timeout=_SECONDS)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    logging.getLogger(ROOT).addHandler(ToCollector(provider))


def _resource(settings: Settings) -> Resource:
    from opentelemetry.sdk.resources import Resource

    of_azure = {"cloud.provider": "azure", "cloud.platform": "azure_functions"} if settings.in_azure else {}
    name = settings.azure_name
    return Resource.create({"service.name": "nightshift", **of_azure, **({"faas.instance": name} if name else {})})
