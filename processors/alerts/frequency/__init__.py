"""Frequencies: how often an alert rule runs, as users write it, and when that is. See docs/alert-rules.md."""

from processors.alerts.frequency.instants import Firing, between, next_after, preview
from processors.alerts.frequency.reading import parse
from processors.alerts.frequency.value import DEFAULT, Frequency

__all__ = ["DEFAULT", "Firing", "Frequency", "between", "next_after", "parse", "preview"]
