"""The scenarios of queues that need hosts of their own: other options, a stop, two hosts, storage that hangs."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import time
from typing import Any

from tests.conformance.hanging_proxy import HangingProxy
from tests.conformance.queue_play import Player, QueuePlay
from tests.conformance.stage import Seen
from tests.integration.devhost.host_process import DevHost

OPTIONS: dict[str, dict[str, Any]] = {
    # One at a time, so that the others wait.
    "sigterm": {"batchSize": 1, "newBatchThreshold": 0},
    "base64": {"messageEncoding": "base64"},
}
_HANG_SECONDS = 40.0


async def _sigterm(play: QueuePlay) -> Seen:
    await play.put('{"do":"sleep","ms":8000}')
    async with play.stage.host(play.app, QUEUES=play.name) as host:
        await play.stage.until(lambda: bool(play.notes(phase="start")))
        await play.put(*(json.dumps({"do": "ok", "n": number}) for number in range(10)))
        began = play.notes(phase="start")[0]["at"]
        await asyncio.sleep(max(0.0, began + 1.3 - time.time()))
        asked = time.time()
        host.process.send_signal(signal.SIGTERM)
        code = await host.exit_code()
        after = round(time.time() - asked, 1)
    return {
        "exit": {"code": max(code, 0), "sig": None if code >= 0 else -code},
        "after_s": after,
        "ends": len(play.notes(phase="end")),
        "begun_after": sum(note["at"] > asked for note in play.notes(phase="start")),
        "left": await play.left(),
    }


async def _two_hosts(play: QueuePlay) -> Seen:
    await play.put(*(json.dumps({"do": "sleep", "ms": 200, "n": number}) for number in range(60)))
    async with play.stage.host(play.app, QUEUES=play.name), play.stage.host(play.app, QUEUES=play.name):
        await play.quiet(ends=60)
    starts = [note["body"] for note in play.notes(phase="start")]
    return {"starts": len(starts), "distinct": len(set(starts)), "left": await play.left()}


async def _already_dequeued(play: QueuePlay) -> Seen:
    for number, times in ((1, 3), (2, 3), (3, 1)):
        await play.put(f'{{"do":"ok","n":{number}}}')
        for earlier in range(times):
            message = await play.queue.receive_message(visibility_timeout=30)
            assert message is not None
            # Those before it stay hidden until all have been received.
            hidden = 0 if earlier < times - 1 else 2
            await play.queue.update_message(message.id, message.pop_receipt, visibility_timeout=hidden)
    async with play.stage.host(play.app, QUEUES=play.name):
        await play.quiet(ends=1, poison=2)
    return {
        "ran": [[note["body"], note["count"]] for note in play.notes(phase="start")],
        "poison": [json.loads(message["body"])["n"] for message in await play.poisoned()],
        "left": await play.left(),
    }


async def _base64(play: QueuePlay) -> Seen:
    encoded = [base64.b64encode(text.encode()).decode() for text in ('{"do":"ok"}', "plain text")]
    await play.put(*encoded, "not base64 {}", "bm90IHBhZGRlZA")
    async with play.stage.host(play.app, QUEUES=play.name):
        await play.quiet(ends=2, poison=2)
    return {
        "ran": sorted(note["body"] for note in play.notes(phase="start")),
        "poison": sorted(message["body"] for message in await play.poisoned()),
        "left": await play.left(),
    }


async def _hang(play: QueuePlay) -> Seen:
    async with HangingProxy(play.stage.azurite.queue_endpoint) as proxy:
        storage = play.stage.azurite.connection_string.replace(play.stage.azurite.queue_endpoint, proxy.endpoint)
        async with play.stage.host(play.app, storage=storage, QUEUES=play.name) as host:
            proxy.hang()
            await asyncio.sleep(_HANG_SECONDS)
            proxy.answer()
            sent = time.time()
            await play.put('{"do":"ok"}')
            after = await play.first_start_after(sent)
            return {"alive": _is_alive(host), "after_s": after}


def _is_alive(host: DevHost) -> bool:
    return host.process.returncode is None


PLAYERS: dict[str, Player] = {
    "sigterm": _sigterm,
    "two-hosts": _two_hosts,
    "already-dequeued": _already_dequeued,
    "base64": _base64,
    "hang": _hang,
}
