"""The function app of the crash test: chores, run by hosts that get killed."""

import azure.functions as func

from shared.jobs.queue_functions import queue_job
from tests.chaos import chores

app = func.FunctionApp()

queue_job(app, "ProcessChore", "CHORES_QUEUE", chores.chore_kind, "A chore is done and counted.")
