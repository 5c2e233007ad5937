"""The scenarios of queues, as they were recorded: those that share a host, side by side."""

from __future__ import annotations

import asyncio
import json
import time

from azure.core.exceptions import ResourceNotFoundError

from tests.conformance import own_hosts, queue_app, recorded_facts
from tests.conformance.agreement import Difference
from tests.conformance.queue_play import Player, QueuePlay, empty, make, queue_name
from tests.conformance.stage import QUIET_SECONDS, Found, Seen, Stage, compared

RECORDED = {**recorded_facts.scenarios("queues"), "staggered": recorded_facts.scenarios("beside")["staggered"]}
IN_MINUTES = frozenset({"idle-then-message", "hang"})
"""Scenarios that are mostly waiting."""

_PUT_BEFORE = {
    "concurrency": [json.dumps({"do": "sleep", "ms": 1500, "n": number}) for number in range(40)],
    "staggered": [json.dumps({"do": "sleep", "ms": ms}) for ms in (1000, 2500, *[5000] * 6)],
}
_ONE_MESSAGE = {
    "ok": '{"do":"ok"}',
    "plain-text": "no JSON at all: {",
    "unicode": "žluťoučký kůň, 馬, 🐎",
    "fail-always": '{"do":"fail"}',
    "fail-once": '{"do":"fail","until":1}',
    "defer": '{"do":"defer","seconds":6,"until":1}',
    "defer-long": '{"do":"defer","seconds":12,"until":1}',
    "defer-at-max": '{"do":"defer","seconds":5,"until":9}',
    "defer-then-return": '{"do":"defer","seconds":6,"until":1,"then":"return"}',
    "delete-then-raise": '{"do":"delete"}',
    "delete-then-return": '{"do":"delete","then":"return"}',
}
_ABSENT_SECONDS = 8.0
_BIG = '{"do":"fail","pad":"%s"}'


async def differing(stage: Stage, names: list[str]) -> Found:
    """Play the scenarios called `names` side by side; return where each differs from what was recorded."""
    alone = [name for name in names if name in own_hosts.PLAYERS]
    shared = [name for name in names if name not in alone]
    found = await asyncio.gather(_on_one_host(stage, shared), *(_on_its_own(stage, name) for name in alone))
    return {name: differences for part in found for name, differences in part.items()}


async def _on_one_host(stage: Stage, names: list[str]) -> Found:
    if not names:
        return {}
    app = stage.app("shared", queue_app.SOURCE)
    # Made before the host starts: what runs at once must be there at once.
    plays = {name: QueuePlay(stage, name, app) for name in names}
    for name, play in plays.items():
        if name in _PUT_BEFORE:
            await play.put(*_PUT_BEFORE[name])
    async with stage.host(app, QUEUES=" ".join(map(queue_name, names))) as host:
        for play in plays.values():
            play.is_on(host)
        found = await asyncio.gather(*(_compared(play, name) for name, play in plays.items()))
    return dict(zip(names, found, strict=True))


async def _on_its_own(stage: Stage, name: str) -> Found:
    async def play() -> Seen:
        alone = QueuePlay(stage, name, stage.app(name, queue_app.SOURCE, **own_hosts.OPTIONS.get(name, {})))
        await make(alone.queue)
        await empty(alone)
        return await own_hosts.PLAYERS[name](alone)

    return {name: await compared(play, RECORDED[name])}


async def _compared(first: QueuePlay, name: str) -> list[Difference]:
    plays = iter((first,))

    async def play() -> Seen:
        now = next(plays, None)
        if now is None:
            now = QueuePlay(first.stage, name, first.app, first.host)
            await empty(now)
            await now.put(*_PUT_BEFORE.get(name, ()))
        return await _PLAYERS.get(name, _one_message(name))(now)

    return await compared(play, RECORDED[name])


def _one_message(name: str) -> Player:
    async def play(of: QueuePlay) -> Seen:
        await of.put(_ONE_MESSAGE[name])
        await of.quiet(RECORDED[name]["ends"], len(RECORDED[name]["poison"]))
        return await of.outcome()

    return play


async def _after_defer_alive(play: QueuePlay) -> Seen:
    seen = await _one_message("defer")(play)
    await play.put('{"do":"ok"}')
    await play.quiet(seen["ends"] + 1)
    return {**seen, "after": len(play.notes(phase="start"))}


async def _concurrency(play: QueuePlay) -> Seen:
    await play.quiet(ends=40)
    steps = play.steps()
    return {
        "most": max(steps, default=0),
        "handled": len(play.notes(phase="end")),
        "first": steps[: len(RECORDED["concurrency"]["first"])],
        "left": await play.left(),
    }


async def _staggered(play: QueuePlay) -> Seen:
    await play.quiet(ends=8)
    return {"first": play.steps()[: len(RECORDED["staggered"]["first"])], "left": await play.left()}


async def _idle_then_message(play: QueuePlay) -> Seen:
    await make(play.queue)
    await asyncio.sleep(70)
    sent = time.time()
    await play.put('{"do":"ok"}')
    return {"waited_s": await play.first_start_after(sent)}


async def _poison_of_poison(play: QueuePlay) -> Seen:
    await make(play.queue)
    await make(play.poison)
    await play.poison.send_message('{"do":"fail"}')
    await play.stage.until(lambda: bool(play.notes()), 2 * QUIET_SECONDS)
    starts = [note["count"] for note in play.notes(phase="start")]
    waiting = [message.content for message in await play.queue.peek_messages()]
    return {"starts": starts, "queue": waiting, "poison": await play.poisoned()}


async def _no_queue_at_start(play: QueuePlay) -> Seen:
    await asyncio.sleep(_ABSENT_SECONDS)
    try:
        await play.queue.get_queue_properties()
        before = 200
    except ResourceNotFoundError as error:
        before = error.status_code or 0
    made = time.time()
    await play.put('{"do":"ok"}')
    after = await play.first_start_after(made)
    await play.queue.delete_queue()  # for another play
    return {"ready": "devhost ready" in play.host.output, "before": before, "after_s": after}


async def _queue_deleted(play: QueuePlay) -> Seen:
    await play.put('{"do":"ok","n":1}')
    await play.quiet(ends=1)
    before = len(play.notes())
    await play.queue.delete_queue()
    await asyncio.sleep(_ABSENT_SECONDS)
    made = time.time()
    await play.put('{"do":"ok","n":2}')
    await play.stage.until(lambda: len(play.notes()) > before)
    starts = [note["at"] for note in play.notes(phase="start")][1:]
    return {
        "alive": play.host.process.returncode is None,
        "after_s": round(starts[0] - made, 1) if starts else None,
    }


async def _big_message(play: QueuePlay) -> Seen:
    room = 40_000 - len(_BIG % "")
    body = _BIG % ("é" * (room // 2) + "x" * (room % 2))
    await play.put(body)
    await play.quiet(ends=3, poison=1)
    poison = [message["body"] == body for message in await play.poisoned()]
    return {"ran": len(play.notes(phase="start")), "poison_same": poison, "left": await play.left()}


_PLAYERS: dict[str, Player] = {
    "after-defer-alive": _after_defer_alive,
    "concurrency": _concurrency,
    "staggered": _staggered,
    "idle-then-message": _idle_then_message,
    "poison-of-poison": _poison_of_poison,
    "no-queue-at-start": _no_queue_at_start,
    "queue-deleted": _queue_deleted,
    "big-message": _big_message,
}
