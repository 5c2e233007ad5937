"""The function app of the crash test of digests: the app's own run and shards, with claims as short as the test's."""

import azure.functions as func

from shared.jobs import worker
from tests.chaos import digests

app = func.FunctionApp()


@app.function_name("ProcessJobRun")
@app.queue_trigger(
    arg_name="message", queue_name="%RUN_QUEUE_NAME%", connection="AzureWebJobsStorage", data_type=func.DataType.BINARY
)
async def process_run_job(message: func.QueueMessage) -> None:
    """A run goes one step further."""
    await worker.deliver(digests.run_kind, message)


@app.function_name("ProcessDigestJob")
@app.queue_trigger(
    arg_name="message", queue_name="%CHORES_QUEUE%", connection="AzureWebJobsStorage", data_type=func.DataType.BINARY
)
async def process_digest_job(message: func.QueueMessage) -> None:
    """The digests of one group of users are made."""
    await worker.deliver(digests.shard_kind, message)
