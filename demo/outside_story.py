"""A picture from the internet is looked at by a model; a forbidden one and a dangerous one are not, and say why.

The shop and the model are one double on this machine, which FETCH_ALLOWED_LOCAL lets in. The host is a second one of
the app itself, for one function, on a queue of its own.
"""

from __future__ import annotations

import time
from typing import Any

from demo import outside_double
from demo.stage import PROJECT_FOLDER, Stage
from demo.terminal import ask, check, run, say, wait_until
from shared.jobs.gates import CACHE

_USER = "cleo"
_QUEUE = "outside-taste-jobs"
_PICTURE = "/red-heels.png"
_METADATA = "https://169.254.169.254/metadata/instance"


def tell(stage: Stage) -> None:
    """Show three likes of outside pictures to their ends. Raises DemoFailed when something isn't right."""
    picture = (PROJECT_FOLDER / "sample/pictures/red-heels.png").read_bytes()
    with outside_double.serving({_PICTURE: picture}) as (address, answered):
        settings = {
            "TASTE_JOB_QUEUE_NAME": _QUEUE,
            "TASTE_ANALYSER": "openai",
            "OPENAI_BASE_URL": f"http://{address}/v1",
            "OPENAI_API_KEY": "demo",
            "FETCH_ALLOWED_LOCAL": address,
        }
        environment = {**stage.environment, **settings}
        run(environment, "init")
        with stage.host("outside", PROJECT_FOLDER, "ProcessTasteAnalysisJob", **settings):
            seen = _like_three(stage, environment, address)
            run(environment, "jobs", "show", seen)
            run(environment, "profile", "show", _USER, "--evidence")
            run(environment, "llm", "check")
            _check(stage, seen, answered)


def _like_three(stage: Stage, environment: dict[str, str], address: str) -> str:
    """Like three pictures; return the job of the one that is looked at."""
    say(
        "\nA server on this machine plays a shop and a model. Likes of a picture that the shop forbids (403), and of "
        "an address inside the cloud, are dead at once:"
    )
    _like(environment, "private-photo", f"http://{address}/private.png")
    _like(environment, "trap", _METADATA)
    _wait(stage, "dead", "dead")
    run(environment, "dead-letters", "list", "--queue", _QUEUE)
    _explain_one(stage, environment, f"http://{address}{_PICTURE}")
    say(f"\nThe model's first answer is 429 (Retry-After: {outside_double.RETRY_AFTER_SECONDS}):")
    _wait(stage, "completed", "dead", "dead")
    seen: str = next(job["id"] for job in _jobs(stage) if job["status"] == "completed")
    return seen


def _explain_one(stage: Stage, environment: dict[str, str], picture: str) -> None:
    """Like a picture while the queue's gate is closed, ask why nothing happens, and open it."""
    say("\nA like of a picture that it shows, while somebody holds the queue back. Why does nothing happen?")
    gate = f"queue:{_QUEUE}"
    run(environment, "gates", "close", gate, "--reason", "the shop is busy")
    time.sleep(2 * CACHE.total_seconds())  # until every worker has seen it
    _like(environment, "red-heels", picture)
    waiting = next(job["id"] for job in _jobs(stage) if job["status"] != "dead")
    run(environment, "explain", waiting, "--user", _USER)
    told = ask(environment, "explain", waiting, "--user", _USER)
    check(
        (told["code"], told["gate"]) == ("gate_by_hand", gate), f"the explanation is {told['code']} at {told['gate']}"
    )
    run(environment, "gates", "open", gate)


def _check(stage: Stage, seen: str, answered: list[tuple[str, int]]) -> None:
    reasons = sorted(job["reason"]["code"] for job in _jobs(stage) if job["reason"])
    check(reasons == ["address_refused", "content_denied"], f"the dead jobs' reasons are {reasons}")
    job = ask(stage.environment, "jobs", "show", seen)
    steps = [event["what"] for event in job["timeline"] if event["what"] in ("held", "attempt failed", "completed")]
    check(steps == ["held", "completed"], f"the timeline of the liked picture says {steps}")
    check(job["attempts"] == 0, f"the rate limit spent {job['attempts']} attempts")
    check((_PICTURE, 200) in answered, "the picture was not fetched from the shop")
    evidence = ask(stage.environment, "profile", "show", _USER, "--evidence")["evidence"]
    check(
        [one["findings"]["analyser"] for one in evidence] == ["openai:gpt-4o-mini"], "the model's evidence is missing"
    )
    wait_until(lambda: not ask(stage.environment, "gates", "list")["items"], "the model's gate was not opened")


def _like(environment: dict[str, str], item: str, url: str) -> None:
    run(environment, "enqueue", "taste", _USER, item, "--image", url)


def _wait(stage: Stage, *states: str) -> None:
    wait_until(
        lambda: sorted(job["status"] for job in _jobs(stage)) == sorted(states),
        f"the jobs of {_USER} did not come to be {', '.join(states)}",
    )


def _jobs(stage: Stage) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = ask(stage.environment, "jobs", "list", "--user", _USER)["items"]
    return jobs
