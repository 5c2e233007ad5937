"""The function app of the crash test of digests: the app's own run and shards, with claims as short as the test's."""

import azure.functions as func

from shared.jobs.queue_functions import queue_job
from tests.chaos import digests

app = func.FunctionApp()

queue_job(app, "ProcessJobRun", "RUN_QUEUE_NAME", digests.run_kind, "A run goes one step further.")
queue_job(app, "ProcessDigestJob", "CHORES_QUEUE", digests.shard_kind, "The digests of one group of users are made.")
