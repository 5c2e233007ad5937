"""Telemetry: what the app says of its work: events in the log, spans of traces, and metrics (docs/telemetry.md)."""

from shared.telemetry.events import ROOT, JsonFormatter, TerminalFormatter, configure, event

__all__ = ["ROOT", "JsonFormatter", "TerminalFormatter", "configure", "event"]
