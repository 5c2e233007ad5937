"""What does devhost say when storage refuses connections?"""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from devhost import connections
from devhost.connections import Connection
from devhost.host_options import QueueOptions
from devhost.invocation import Invoker
from devhost.queue_listener import QueueListener
from devhost.restart_notice import RestartNotice
from tests.azurite import ACCOUNT, KEY
from tests.integration.devhost.timers import function_of
from tests.patience import until


async def never(timer: object) -> None:
    raise AssertionError


async def test_a_queue_that_refuses_connections_too_long_would_restart_azures_host(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.socket() as unheard:  # bound, and listening to nobody
        unheard.bind(("127.0.0.1", 0))
        storage = f"127.0.0.1:{unheard.getsockname()[1]}"
        text = f"AccountName={ACCOUNT};AccountKey={KEY};QueueEndpoint=http://{storage}/{ACCOUNT};"
        async with connections.open_queues(Connection("Storage", text=text)) as queues:
            listener = QueueListener(
                function_of("Any", never), "any", queues, QueueOptions(), Invoker(Path(), None, print), RestartNotice(0)
            )
            starting = asyncio.create_task(listener.start())
            await until(lambda: "here Azure's host would shut down" in caplog.text, "the notice")
            await listener.stop()
            await starting
    assert f"{storage} has refused connections for 0 s" in caplog.text
    assert "Queue any can't be read; polling goes on" in caplog.text
