"""A function app of the demo's own: one more workload is one more kind, its handler and its two queue functions."""

import azure.functions as func

from demo import errands

app = func.FunctionApp()


@app.function_name("ProcessErrand")
@app.queue_trigger(
    arg_name="message",
    queue_name=errands.QUEUE,
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_errand(message: func.QueueMessage) -> None:
    """An errand is run."""
    await errands.process(message)


@app.function_name("ProcessErrandDlq")
@app.queue_trigger(
    arg_name="message",
    queue_name=f"{errands.QUEUE}-poison",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_errand_dlq(message: func.QueueMessage) -> None:
    """An errand that the host gave up on becomes a dead letter."""
    await errands.process_poison(message)
