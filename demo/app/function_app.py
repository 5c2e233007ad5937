"""A function app of the demo's own: one more workload is one more kind, its handler and one line here."""

import azure.functions as func

from demo import errands
from shared.jobs.queue_functions import queue_job

app = func.FunctionApp()

queue_job(app, "ProcessErrand", errands.QUEUE_SETTING, errands.errand_kind, "An errand is run.")
