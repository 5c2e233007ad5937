"""The function app of the crash test of runs: a run of many shards, on hosts that get killed."""

import azure.functions as func

from shared.jobs.queue_functions import queue_job
from tests.chaos import rounds

app = func.FunctionApp()


@app.function_name("RingRounds")
@app.timer_trigger(arg_name="timer", schedule=rounds.schedule())
async def ring_rounds(timer: func.TimerRequest) -> None:
    """A round is opened."""
    await rounds.open_run()


queue_job(app, "ProcessJobRun", "RUN_QUEUE_NAME", rounds.rounds_run_kind, "A run goes one step further.")
queue_job(app, "ProcessRound", "CHORES_QUEUE", rounds.round_kind, "A shard is done and counted.")
