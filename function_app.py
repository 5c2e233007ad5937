"""The map of triggers: which queue or schedule calls which processor. No logic, no I/O, no costly import."""

import azure.functions as func

from processors import health, taste
from shared.config import settings

app = func.FunctionApp()
settings()  # a setting that can't work stops the app here, with its reason


@app.function_name("ProcessTasteAnalysisJob")
@app.queue_trigger(
    arg_name="message",
    queue_name="%TASTE_JOB_QUEUE_NAME%",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_taste_analysis_job(message: func.QueueMessage) -> None:
    """A like becomes part of its user's taste profile."""
    await taste.process_job(message)


@app.function_name("ProcessTasteAnalysisJobDlq")
@app.queue_trigger(
    arg_name="message",
    queue_name="%TASTE_JOB_DEAD_LETTER_QUEUE_NAME%",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_taste_analysis_job_dlq(message: func.QueueMessage) -> None:
    """A taste message that the host gave up on becomes a dead letter."""
    await taste.process_poison(message)


@app.function_name("RescueJobs")
@app.timer_trigger(arg_name="timer", schedule="45 * * * * *")
async def rescue_jobs(timer: func.TimerRequest) -> None:
    """Jobs that nobody woke get their message again."""
    await health.rescue_jobs()
