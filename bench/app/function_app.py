"""The function app that benchmarks run: one queue, jobs that do nothing."""

import azure.functions as func

from bench import noop
from shared.jobs.queue_functions import queue_job

app = func.FunctionApp()

queue_job(app, "ProcessNoop", noop.QUEUE_SETTING, noop.kind, "A job that does nothing is done.")
