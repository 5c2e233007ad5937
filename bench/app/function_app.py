"""The function app that benchmarks run: one queue, jobs that do nothing."""

import azure.functions as func

from bench import noop

app = func.FunctionApp()


@app.function_name("ProcessNoop")
@app.queue_trigger(
    arg_name="message",
    queue_name=f"%{noop.QUEUE_SETTING}%",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_noop(message: func.QueueMessage) -> None:
    """A job that does nothing is done."""
    await noop.process(message)
