"""The function app of the crash test of roll-ups: the app's own functions of metrics, on hosts that get killed."""

import azure.functions as func

from shared.jobs.queue_functions import queue_job
from tests.chaos import rollups

app = func.FunctionApp()

queue_job(app, "ProcessUsageEvent", "USAGE_EVENTS_QUEUE_NAME", rollups.event_kind, "A usage event is stored.")


@app.function_name("AggregateMetrics")
@app.timer_trigger(arg_name="timer", schedule="%METRICS_SCHEDULE%")
async def aggregate_metrics(timer: func.TimerRequest) -> None:
    """What events have changed is enqueued."""
    await rollups.aggregate()


queue_job(app, "ProcessRollupJob", "ROLLUP_QUEUE_NAME", rollups.rollup_kind, "Roll-ups are recomputed.")
