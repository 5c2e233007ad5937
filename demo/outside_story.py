"""A picture from the internet is looked at by a model; a forbidden one and a dangerous one are not, and say why.

The shop and the model are one double on this machine, which FETCH_ALLOWED_LOCAL lets in. The host is a second one of
the app itself, on a queue of its own.
"""

from __future__ import annotations

from typing import Any

from demo import outside_double
from demo.stage import PROJECT_FOLDER, Stage
from demo.terminal import ask, check, heading, run, say, wait_until

_USER = "cleo"
_QUEUE = "outside-taste-jobs"
_PICTURE = "/red-heels.png"
_METADATA = "https://169.254.169.254/metadata/instance"
_ENDED_SECONDS = 90.0


def tell(stage: Stage) -> None:
    """Show three likes of outside pictures to their ends. Raises DemoFailed when something isn't right."""
    heading("Pictures from outside, looked at by a model")
    picture = (PROJECT_FOLDER / "sample/pictures/red-heels.png").read_bytes()
    with outside_double.serving({_PICTURE: picture}) as (host, answered):
        settings = {
            "TASTE_JOB_QUEUE_NAME": _QUEUE,
            "TASTE_ANALYSER": "openai",
            "OPENAI_BASE_URL": f"http://{host}/v1",
            "OPENAI_API_KEY": "demo",
            "FETCH_ALLOWED_LOCAL": host,
        }
        environment = {**stage.environment, **settings}
        run(environment, "init")
        stage.start_host("outside", PROJECT_FOLDER, **settings)
        say(
            "A server on this machine plays a shop and a model. Likes of a picture that the shop forbids (403), and of "
            "an address inside the cloud, are dead at once:"
        )
        _like(environment, "private-photo", f"http://{host}/private.png")
        _like(environment, "trap", _METADATA)
        _wait(stage, "dead", "dead")
        run(environment, "dead-letters", "list", "--queue", _QUEUE)
        say(
            f"A like of a picture that it shows. The model's first answer is 429 (Retry-After: "
            f"{outside_double.RETRY_AFTER_SECONDS}):"
        )
        _like(environment, "red-heels", f"http://{host}{_PICTURE}")
        _wait(stage, "completed", "dead", "dead")
        seen = next(job for job in _jobs(stage) if job["status"] == "completed")
        run(environment, "jobs", "show", seen["id"])
        run(environment, "profile", "show", _USER, "--evidence")
        run(environment, "llm", "check")
    _check(stage, seen["id"], answered)


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
    check(not ask(stage.environment, "gates", "list")["items"], "a gate is still closed")


def _like(environment: dict[str, str], item: str, url: str) -> None:
    run(environment, "enqueue", "taste", "--user", _USER, "--item", item, "--image", url)


def _wait(stage: Stage, *states: str) -> None:
    wait_until(
        lambda: sorted(job["status"] for job in _jobs(stage)) == sorted(states),
        f"the jobs of {_USER} did not come to be {', '.join(states)}",
        _ENDED_SECONDS,
    )


def _jobs(stage: Stage) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = ask(stage.environment, "jobs", "list", "--user", _USER)["items"]
    return jobs
