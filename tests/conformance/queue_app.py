"""The app of the queue scenarios: one function a queue of the variable QUEUES, each does what its message says."""

from __future__ import annotations

SOURCE = """
from azure.storage.queue.aio import QueueClient

async def act(queue, msg, order):
    do = order.get("do", "ok")
    if do == "sleep":
        await asyncio.sleep(order["ms"] / 1000)
    if msg.dequeue_count > order.get("until", 99) or do in ("ok", "sleep"):
        return
    if do in ("defer", "delete"):
        async with QueueClient.from_connection_string(os.environ["AzureWebJobsStorage"], queue) as own:
            if do == "defer":
                await own.update_message(msg.id, msg.pop_receipt, visibility_timeout=order["seconds"])
            else:
                await own.delete_message(msg.id, msg.pop_receipt)
    if order.get("then") != "return":
        raise RuntimeError(do)

def listen(name):
    @app.function_name(name)
    @queue(name, data_type=func.DataType.BINARY)
    async def handle(msg: func.QueueMessage) -> None:
        body = msg.get_body().decode()
        noted = {"queue": name, "count": msg.dequeue_count, "body": body[:100]}
        note(phase="start", at=time.time(), **noted)
        try:
            await act(name, msg, json.loads(body) if body.startswith("{") else {})
        finally:
            note(phase="end", at=time.time(), **noted)

for each in os.environ["QUEUES"].split():
    listen(each)
"""
