"""The function app of the crash test: chores, run by hosts that get killed."""

import azure.functions as func

from shared.jobs import worker
from tests.chaos import chores

app = func.FunctionApp()


@app.function_name("ProcessChore")
@app.queue_trigger(
    arg_name="message", queue_name="%CHORES_QUEUE%", connection="AzureWebJobsStorage", data_type=func.DataType.BINARY
)
async def process_chore(message: func.QueueMessage) -> None:
    """A chore is done and counted."""
    await worker.deliver(chores.chore_kind, message)


@app.function_name("ProcessChoreDlq")
@app.queue_trigger(
    arg_name="message",
    queue_name="%CHORES_QUEUE%-poison",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_chore_dlq(message: func.QueueMessage) -> None:
    """A chore that the host gave up on becomes a dead letter."""
    await worker.deliver_poison(chores.chore_kind, message)
