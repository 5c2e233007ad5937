"""Meters: which metrics are there, and with which attributes?

docs/telemetry.md lists them. Attributes have few values (bounds.py), so that a metric costs the same whether the app
has ten users or ten millions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opentelemetry.metrics import Histogram, Meter

from shared.telemetry import bounds, names

_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 240]
_LONG_SECONDS = [1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 4 * 3600, 24 * 3600]
_TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536]
_UNITS = [0, 1, 2, 5, 10, 25, 50, 100, 500, 1000]


class Meters:
    """The instruments, and the words of their attributes."""

    def __init__(self, meter: Meter) -> None:
        self.word = {name: bounds.Words() for name in names.SPAN_ATTRIBUTES} | {
            name: bounds.Words() for name in (names.SCHEDULED, names.VERDICT, names.SEEN_BY, names.AI_TOKEN_TYPE)
        }
        self.word[names.ROUTE] = bounds.Words(bounds.MOST_ROUTES)
        histogram, counter = meter.create_histogram, meter.create_counter

        def seconds(name: str, about: str, boundaries: Sequence[float] = _SECONDS) -> Histogram:
            return histogram(name, "s", about, explicit_bucket_boundaries_advisory=boundaries)

        self.deliveries = counter(
            "nightshift.job.deliveries", "{delivery}", "Deliveries by what came of them, attempt and class of error."
        )
        self.processing = seconds("messaging.process.duration", "Time from the host's call to the end of a delivery.")
        self.sent = counter("messaging.client.sent.messages", "{message}", "Messages that the app sent.")
        self.age = seconds(
            "nightshift.queue.age", "Age of a message at its first delivery, its own delay included.", _LONG_SECONDS
        )
        self.dead = counter("nightshift.dead_letters", "{job}", "New dead letters, by class of error.")
        self.duplicates = counter("nightshift.job.duplicates", "{job}", "Repeats that were answered without work.")
        self.runs = seconds("nightshift.run.duration", "Time from a run's opening to its end.", _LONG_SECONDS)
        self.lag = seconds("nightshift.dispatch.lag", "Time from a slot to its enqueueing.", _LONG_SECONDS)
        self.misfires = counter("nightshift.misfires", "{slot}", "Slots that weren't dispatched in time.")
        self.evaluations = seconds("nightshift.evaluation.duration", "Time that the evaluation of an alert rule took.")
        self.model = seconds("gen_ai.client.operation.duration", "Time that a model took to answer.")
        self.tokens = histogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens of a question and of its answer.",
            explicit_bucket_boundaries_advisory=_TOKENS,
        )
        self.cost = counter("nightshift.model.cost", "{micro_usd}", "Cost of models in millionths of a US dollar.")
        self.store = seconds("db.client.operation.duration", "Time that the document store took.")
        self.charge = histogram(
            "azure.cosmosdb.client.operation.request_charge",
            "{request_unit}",
            "Request units of an operation.",
            explicit_bucket_boundaries_advisory=_UNITS,
        )
        self.notifications = counter("nightshift.notifications", "{message}", "Messages to channels.")
        self.requests = seconds("nightshift.api.duration", "Time that the API took to answer.")

    def of(self, given: Mapping[str, str | None]) -> dict[str, str]:
        """Return attributes of a metric, each value as a word; those without a value are left out."""
        return {name: self.word[name](value) for name, value in given.items() if value is not None}
