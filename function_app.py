"""The map of triggers: which queue or schedule calls which processor. No logic, no I/O, no costly import."""

import azure.functions as func

from processors import alerts, digest, health, mood, pickup_rate, scraper, taste
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
    queue_name="%TASTE_JOB_QUEUE_NAME%-poison",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_taste_analysis_job_dlq(message: func.QueueMessage) -> None:
    """A taste message that the host gave up on becomes a dead letter."""
    await taste.process_poison(message)


@app.function_name("PluckItScraper")
@app.timer_trigger(arg_name="timer", schedule="0 0 7 * * *")
async def pluck_it_scraper(timer: func.TimerRequest) -> None:
    """Each active source is scraped."""
    await scraper.ring()


@app.function_name("ProcessScrapeJob")
@app.queue_trigger(
    arg_name="message",
    queue_name="%SCRAPE_QUEUE_NAME%",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_scrape_job(message: func.QueueMessage) -> None:
    """One source's new items are taken."""
    await scraper.process_job(message)


@app.function_name("ProcessScrapeJobDlq")
@app.queue_trigger(
    arg_name="message",
    queue_name="%SCRAPE_QUEUE_NAME%-poison",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_scrape_job_dlq(message: func.QueueMessage) -> None:
    """A source's message that the host gave up on becomes a dead letter."""
    await scraper.process_poison(message)


@app.function_name("PluckItMoodProcessor")
@app.timer_trigger(arg_name="timer", schedule="0 0 6 * * *")
async def pluck_it_mood_processor(timer: func.TimerRequest) -> None:
    """Moods are found in the items since the last time."""
    await mood.ring()


@app.function_name("ProcessMoodJob")
@app.queue_trigger(
    arg_name="message",
    queue_name="%MOOD_QUEUE_NAME%",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_mood_job(message: func.QueueMessage) -> None:
    """One chunk of items is looked at for its moods."""
    await mood.process_job(message)


@app.function_name("ProcessMoodJobDlq")
@app.queue_trigger(
    arg_name="message",
    queue_name="%MOOD_QUEUE_NAME%-poison",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_mood_job_dlq(message: func.QueueMessage) -> None:
    """A chunk's message that the host gave up on becomes a dead letter."""
    await mood.process_poison(message)


@app.function_name("PluckItWeeklyDigest")
@app.timer_trigger(arg_name="timer", schedule="0 0 9 * * 1")
async def pluck_it_weekly_digest(timer: func.TimerRequest) -> None:
    """Each user's digest of the week is made."""
    await digest.ring()


@app.function_name("ProcessDigestJob")
@app.queue_trigger(
    arg_name="message",
    queue_name="%DIGEST_QUEUE_NAME%",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_digest_job(message: func.QueueMessage) -> None:
    """The digests of one group of users are made."""
    await digest.process_job(message)


@app.function_name("ProcessDigestJobDlq")
@app.queue_trigger(
    arg_name="message",
    queue_name="%DIGEST_QUEUE_NAME%-poison",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_digest_job_dlq(message: func.QueueMessage) -> None:
    """A group's message that the host gave up on becomes a dead letter."""
    await digest.process_poison(message)


@app.function_name("PickupRateAlert")
@app.timer_trigger(arg_name="timer", schedule="0 */5 * * * *")
async def pickup_rate_alert(timer: func.TimerRequest) -> None:
    """Pickup rates are evaluated for each scope that is due."""
    await pickup_rate.ring()


@app.function_name("ProcessPickupRateJob")
@app.queue_trigger(
    arg_name="message",
    queue_name="%PICKUP_RATE_QUEUE_NAME%",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_pickup_rate_job(message: func.QueueMessage) -> None:
    """The scopes that are due are evaluated."""
    await pickup_rate.process_job(message)


@app.function_name("ProcessPickupRateJobDlq")
@app.queue_trigger(
    arg_name="message",
    queue_name="%PICKUP_RATE_QUEUE_NAME%-poison",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_pickup_rate_job_dlq(message: func.QueueMessage) -> None:
    """An evaluation that the host gave up on becomes a dead letter."""
    await pickup_rate.process_poison(message)


@app.function_name("ProcessCallEvent")
@app.queue_trigger(
    arg_name="message",
    queue_name="%CALL_EVENTS_QUEUE_NAME%",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_call_event(message: func.QueueMessage) -> None:
    """A call is taken in."""
    await pickup_rate.process_call(message)


@app.function_name("ProcessCallEventDlq")
@app.queue_trigger(
    arg_name="message",
    queue_name="%CALL_EVENTS_QUEUE_NAME%-poison",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_call_event_dlq(message: func.QueueMessage) -> None:
    """A call that the host gave up on becomes a dead letter."""
    await pickup_rate.process_call_poison(message)


@app.function_name("ProcessNotification")
@app.queue_trigger(
    arg_name="message",
    queue_name="%NOTIFICATION_QUEUE_NAME%",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_notification(message: func.QueueMessage) -> None:
    """A message goes to its channel."""
    await alerts.process_notification(message)


@app.function_name("ProcessNotificationDlq")
@app.queue_trigger(
    arg_name="message",
    queue_name="%NOTIFICATION_QUEUE_NAME%-poison",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_notification_dlq(message: func.QueueMessage) -> None:
    """A notification that the host gave up on becomes a dead letter."""
    await alerts.process_notification_poison(message)


@app.function_name("ProcessJobRun")
@app.queue_trigger(
    arg_name="message",
    queue_name="%RUN_QUEUE_NAME%",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_job_run(message: func.QueueMessage) -> None:
    """A run goes one step further: planned, looked at, or fanned in."""
    await health.process_run(message)


@app.function_name("ProcessJobRunDlq")
@app.queue_trigger(
    arg_name="message",
    queue_name="%RUN_QUEUE_NAME%-poison",
    connection="AzureWebJobsStorage",
    data_type=func.DataType.BINARY,
)
async def process_job_run_dlq(message: func.QueueMessage) -> None:
    """A run's message that the host gave up on becomes a dead letter."""
    await health.process_run_poison(message)


@app.function_name("RescueJobs")
@app.timer_trigger(arg_name="timer", schedule="45 * * * * *")
async def rescue_jobs(timer: func.TimerRequest) -> None:
    """Jobs that nobody woke get their message again."""
    await health.rescue_jobs()


@app.function_name("CatchUpRuns")
@app.timer_trigger(arg_name="timer", schedule="15 */5 * * * *")
async def catch_up_runs(timer: func.TimerRequest) -> None:
    """Slots that no timer rang for are caught up, or recorded as missed."""
    await health.catch_up_runs()
