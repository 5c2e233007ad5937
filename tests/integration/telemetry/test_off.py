"""Does telemetry that is off cost nothing: no import, nothing between the app and its store, nothing in messages?"""

from __future__ import annotations

import json
from pathlib import Path

from shared.config import Settings
from shared.documents.sqlite import SqliteDocuments
from shared.services import open_services
from shared.telemetry import signals
from shared.telemetry.opening import open_signals
from tests.azurite import Azurite
from tests.integration.jobs import worlds
from tests.integration.telemetry.processes import handled_one


def test_a_worker_that_handled_a_message_has_imported_nothing_of_opentelemetry(azurite: Azurite) -> None:
    loaded = json.loads(handled_one(azurite).stdout)

    assert "shared.telemetry.signals" in loaded
    recording = ("opentelemetry", "azure.monitor", "shared.telemetry.recording")
    assert [name for name in loaded if name.startswith(recording)] == []


async def test_nothing_stands_between_the_app_and_its_store(azurite: Azurite, tmp_path: Path) -> None:
    settings = Settings(storage=azurite.connection_string, home=str(tmp_path))
    open_signals(settings)
    services = open_services(settings)

    assert not signals.current().is_on
    assert type(services.documents) is SqliteDocuments
    await services.close()


async def test_a_trace_that_a_producer_gave_goes_on_unchanged() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    of = worlds.world()

    await of.producer.enqueue(of.kind, {"name": "given"}, by="ada", traceparent=trace)
    await of.producer.enqueue(of.kind, {"name": "none"}, by="ada")

    assert [message.get("traceparent") for message in of.queues.sent] == [trace, None]
