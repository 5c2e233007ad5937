"""Is a job one trace, from a producer elsewhere through a retry, its death and a replay? On host and store as they run.

Azurite, the development host, the commands and the collector are what they are anywhere: processes and a server.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.queue import QueueClient
from PIL import Image
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.azurite import Azurite
from tests.collector import Collector, Spanned
from tests.e2e.cli.terminal import Terminal
from tests.patience import wait_until

TRACE, PRODUCER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Site:
    """A site whose picture can't be had at first, then is gone, then there."""

    def __init__(self, server: HTTPServer) -> None:
        self.host = f"localhost:{server.port}"
        self.url = server.url_for("/tee.png")
        self.status = 503
        server.expect_request("/tee.png").respond_with_handler(self._answer)

    def _answer(self, _: Request) -> Response:
        stream = io.BytesIO()
        Image.new("RGB", (16, 16), "red").save(stream, "PNG")
        return Response(stream.getvalue() if self.status == 200 else b"", self.status, content_type="image/png")


@pytest.fixture
def collector(httpserver: HTTPServer) -> Collector:
    """A collector."""
    return Collector(httpserver)


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    """A site with a picture."""
    return Site(httpserver)


@pytest.fixture
def terminal(azurite: Azurite, tmp_path: Path, collector: Collector, site: Site) -> Iterator[Terminal]:
    """A terminal whose host tells the collector, and soon."""
    made = Terminal(
        tmp_path / "home", azurite.connection_string, f"traced-{uuid.uuid4().hex[:12]}", tmp_path / "bytecode"
    )
    made.environ |= {
        "TELEMETRY": "otlp",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "FETCH_ALLOWED_LOCAL": site.host,
        "TASTE_JOB_REDELIVERY_MAX_SECONDS": "1",
        **{f"CALL_{name}_SECONDS": "0" for name in ("BASE_BACKOFF", "MAX_BACKOFF", "JITTER")},
    }
    assert made.run("init").code == 0
    with made.host():
        yield made


def test_from_the_producer_through_a_retry_its_death_and_a_replay(
    azurite: Azurite, terminal: Terminal, collector: Collector, site: Site
) -> None:
    queue = terminal.environ["TASTE_JOB_QUEUE_NAME"]
    like = {"user_id": "ada", "item_id": "tee", "image_url": site.url, "job_id": "traced"}

    def deliveries(outcome: str) -> list[Spanned]:
        told = [span for span in collector.spans() if span.name == f"process {queue}"]
        return [span for span in told if span.attributes["nightshift.job.outcome"] == outcome]

    with QueueClient.from_connection_string(azurite.connection_string, queue) as client:
        client.send_message(json.dumps({**like, "traceparent": f"00-{TRACE}-{PRODUCER}-01"}))
    wait_until(lambda: deliveries("retry"), "a retry")
    site.status = 404
    wait_until(lambda: deliveries("dead"), "its death")
    site.status = 200
    replayed = terminal.run("dead-letters", "replay", "traced")
    assert replayed.code == 0, replayed.err
    wait_until(lambda: deliveries("completed"), "its completion")

    told = [span for span in collector.spans() if span.name.startswith("process ")]
    assert {span.trace for span in told} == {TRACE}
    assert {span.parent for span in told} == {PRODUCER}
    outcomes = [str(span.attributes["nightshift.job.outcome"]) for span in told]
    assert (outcomes[0], outcomes[-2:]) == ("retry", ["dead", "completed"])
    within = [span for span in collector.spans() if span.parent == told[-1].id]
    assert {span.name for span in within} >= {"replace jobs"}
    (letter,) = [line for line, fields in collector.log() if fields.get("outcome") == "dead"]
    assert letter.trace_id.hex() == TRACE
