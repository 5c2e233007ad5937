"""A rate limit is waited out without spending an attempt, a failure is tried again, and the job completes.

The errand is a kind of the demo's own, in a function app of its own. The model it asks is a double that answers 429,
then 503, then 200; everything between it and the queue is the product.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from azure.storage.queue.aio import QueueServiceClient

from demo import errands, model_double
from demo.stage import PROJECT_FOLDER, Stage
from demo.terminal import ask, check, run, say, wait_until

_JOB = "water-the-plants"
_QUEUE = "errand-jobs"
_RETRY_AFTER_SECONDS = 2


def tell(stage: Stage) -> None:
    """Show one errand through a rate limit and a retry. Raises DemoFailed when something isn't right."""
    answers: list[model_double.Answer] = [(429, {"Retry-After": str(_RETRY_AFTER_SECONDS)}), (503, {})]
    with model_double.answering(answers) as model:
        run(stage.environment, "init")
        asyncio.run(_put(stage.connection))
        settings = {errands.QUEUE_SETTING: _QUEUE, errands.MODEL_SETTING: model.url}
        with stage.host("errands", PROJECT_FOLDER / "demo/app", **settings):
            say(f"demo/app has a kind of its own, errand, which asks a model. The model answers 429 (Retry-After: "
                f"{_RETRY_AFTER_SECONDS}), then 503, then 200.")  # fmt: skip
            wait_until(lambda: bool(_gates(stage)), "the model's gate was not closed")
            run(stage.environment, "gates", "list")
            model.goes_on.set()
            wait_until(lambda: _job(stage).get("status") == "completed", "the errand did not complete")
            wait_until(lambda: not _gates(stage), "the model's gate was not opened")
    run(stage.environment, "jobs", "show", _JOB)
    job = _job(stage)
    steps = [event["what"] for event in job["timeline"] if event["what"] in ("held", "attempt failed", "completed")]
    check(steps == ["held", "attempt failed", "completed"], f"the errand's timeline says {steps}")
    check(model.answered == [429, 503, 200], f"the model was asked {len(model.answered)} times: {model.answered}")
    check(job["attempts"] == 1, f"{job['attempts']} attempts were spent instead of 1: the rate limit spends none")


async def _put(connection: str) -> None:
    """Put the errand's message as any producer does."""
    async with QueueServiceClient.from_connection_string(connection) as queues:
        for name in (_QUEUE, f"{_QUEUE}-poison"):
            await queues.create_queue(name)
        await queues.get_queue_client(_QUEUE).send_message(json.dumps({"name": _JOB}), time_to_live=-1)


def _job(stage: Stage) -> dict[str, Any]:
    found = ask(stage.environment, "jobs", "list", "--user", "errands")["items"]
    if not found:
        return {}
    job: dict[str, Any] = ask(stage.environment, "jobs", "show", found[0]["id"])
    return job


def _gates(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(stage.environment, "gates", "list")["items"]
    return [gate for gate in found if gate["name"] == errands.MODEL]
