"""The function app of the crash test of runs: a run of many shards, on hosts that get killed."""

import azure.functions as func

from shared.jobs import worker
from tests.chaos import rounds

app = func.FunctionApp()


@app.function_name("RingRounds")
@app.timer_trigger(arg_name="timer", schedule=rounds.schedule())
async def ring_rounds(timer: func.TimerRequest) -> None:
    """A round is opened."""
    await rounds.ring()


@app.function_name("ProcessJobRun")
@app.queue_trigger(
    arg_name="message", queue_name="%RUN_QUEUE_NAME%", connection="AzureWebJobsStorage", data_type=func.DataType.BINARY
)
async def process_run_job(message: func.QueueMessage) -> None:
    """A run goes one step further."""
    await worker.deliver(rounds.rounds_run_kind, message)


@app.function_name("ProcessRound")
@app.queue_trigger(
    arg_name="message", queue_name="%CHORES_QUEUE%", connection="AzureWebJobsStorage", data_type=func.DataType.BINARY
)
async def process_round(message: func.QueueMessage) -> None:
    """A shard is done and counted."""
    await worker.deliver(rounds.round_kind, message)
