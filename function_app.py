"""The map of triggers: which queue, schedule or request calls what. No logic, no I/O, no costly import.

Each `queue_job` is two functions: one on the queue that the setting names, and its …Dlq on the poison queue.
"""

import azure.functions as func

import api
from processors import alerts, composition, metrics, mood, pickup_rate, scraper, taste, users
from shared.config import settings
from shared.jobs.queue_functions import queue_job

app = func.FunctionApp()
settings()  # a setting that can't work stops the app here, with its reason


@app.function_name("HttpApi")
@app.route(route="{*route}", auth_level=func.AuthLevel.ANONYMOUS)
async def http_api(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Answers the HTTP API's requests; the API itself checks who asks."""
    return await api.serve(req, context)


queue_job(
    app,
    "ProcessTasteAnalysisJob",
    "TASTE_JOB_QUEUE_NAME",
    taste.job_kind,
    "Adds a like to its user's taste profile.",
)


@app.function_name("PluckItScraper")
@app.timer_trigger(arg_name="timer", schedule="0 0 7 * * *")
async def pluck_it_scraper(timer: func.TimerRequest) -> None:
    """Scrapes each active source."""
    await scraper.open_run()


queue_job(app, "ProcessScrapeJob", "SCRAPE_QUEUE_NAME", scraper.job_kind, "Stores one source's new items.")


@app.function_name("PluckItMoodProcessor")
@app.timer_trigger(arg_name="timer", schedule="0 0 6 * * *")
async def pluck_it_mood_processor(timer: func.TimerRequest) -> None:
    """Finds moods in the items scraped since the last run."""
    await mood.open_run()


queue_job(app, "ProcessMoodJob", "MOOD_QUEUE_NAME", mood.job_kind, "Finds the moods of one chunk of items.")


@app.function_name("PluckItWeeklyDigest")
@app.timer_trigger(arg_name="timer", schedule="0 0 9 * * 1")
async def pluck_it_weekly_digest(timer: func.TimerRequest) -> None:
    """Makes each user's digest of the week."""
    await composition.open_digest_run()


queue_job(
    app,
    "ProcessDigestJob",
    "DIGEST_QUEUE_NAME",
    composition.digest_kind,
    "Makes the digests of one group of users.",
)


@app.function_name("PickupRateAlert")
@app.timer_trigger(arg_name="timer", schedule="0 */5 * * * *")
async def pickup_rate_alert(timer: func.TimerRequest) -> None:
    """Evaluates the pickup rates of each scope that is due."""
    await pickup_rate.open_run()


queue_job(
    app,
    "ProcessPickupRateJob",
    "PICKUP_RATE_QUEUE_NAME",
    pickup_rate.job_kind,
    "Evaluates the scopes that are due.",
)
queue_job(app, "ProcessCallEvent", "CALL_EVENTS_QUEUE_NAME", pickup_rate.call_kind, "Stores an outbound call.")
queue_job(
    app,
    "ProcessUsageEvent",
    "USAGE_EVENTS_QUEUE_NAME",
    metrics.event_kind,
    "Stores a usage event, and marks what it touches.",
)


@app.function_name("AggregateMetrics")
@app.timer_trigger(arg_name="timer", schedule="%METRICS_SCHEDULE%")
async def aggregate_metrics(timer: func.TimerRequest) -> None:
    """Has the roll-ups recomputed that events have changed."""
    await metrics.aggregate()


@app.function_name("ReconcileMetrics")
@app.timer_trigger(arg_name="timer", schedule="0 40 4 * * *")
async def reconcile_metrics(timer: func.TimerRequest) -> None:
    """Has what was recorded lately rolled up again, and compares a sample."""
    await metrics.open_reconcile_run()


queue_job(app, "ProcessRollupJob", "ROLLUP_QUEUE_NAME", composition.rollup_kind, "Recomputes roll-ups.")


@app.function_name("DispatchAlerts")
@app.timer_trigger(arg_name="timer", schedule="0 * * * * *")
async def dispatch_alerts(timer: func.TimerRequest) -> None:
    """Enqueues the alert rules that are due."""
    await alerts.dispatch_due(composition.alert_kind)


queue_job(app, "ProcessAlertJob", "ALERT_QUEUE_NAME", composition.alert_kind, "Evaluates an alert rule for a slot.")
queue_job(
    app,
    "ProcessNotification",
    "NOTIFICATION_QUEUE_NAME",
    alerts.notification_kind,
    "Sends a notification to its channel.",
)
queue_job(
    app,
    "ProcessJobRun",
    "RUN_QUEUE_NAME",
    composition.run_kind,
    "Takes a run one step further: planning, checking its shards, or fan-in.",
)


@app.function_name("ReconcileUsers")
@app.timer_trigger(arg_name="timer", schedule="0 20 3 * * 0")
async def reconcile_users(timer: func.TimerRequest) -> None:
    """Registers users whom no writer has registered."""
    await users.open_run()


@app.function_name("RescueJobs")
@app.timer_trigger(arg_name="timer", schedule="45 * * * * *")
async def rescue_jobs(timer: func.TimerRequest) -> None:
    """Sends the messages of overdue jobs again, and alerts that a crash left unsent."""
    await composition.rescue_jobs()


@app.function_name("CatchUpRuns")
@app.timer_trigger(arg_name="timer", schedule="15 */5 * * * *")
async def catch_up_runs(timer: func.TimerRequest) -> None:
    """Runs scheduled slots whose timer didn't fire, or records them as missed."""
    await composition.catch_up_runs()


@app.function_name("WatchJobHealth")
@app.timer_trigger(arg_name="timer", schedule="30 */5 * * * *")
async def watch_job_health(timer: func.TimerRequest) -> None:
    """Looks at runs, queues and jobs, and tells what is wrong."""
    await composition.watch_job_health()
