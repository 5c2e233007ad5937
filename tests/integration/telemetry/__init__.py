"""Integration tests of telemetry."""
