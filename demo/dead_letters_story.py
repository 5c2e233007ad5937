"""What can't be done becomes a dead letter with its reason; once the cause is mended it is replayed, and completes."""

from __future__ import annotations

import csv
from typing import Any

from demo.stage import PROJECT_FOLDER, Stage
from demo.terminal import ask, check, run, say, wait_until

_BROKEN = '{"user_id": "ada", "item_id": "red-heels"'
_USER, _ITEM = "ben", "felt-cap"


def tell(stage: Stage) -> None:
    """Show two dead letters, and the replay of one. Raises DemoFailed when something isn't right."""
    stage.open_app()
    broken = stage.home / "broken.json"
    broken.write_text(_BROKEN)
    say("\nA body that is cut off in the middle, and a like whose picture nobody has uploaded:")
    run(stage.environment, "enqueue", "taste", "--raw", str(broken))
    missing = f"{stage.blobs}/wardrobe-images/{_USER}/{_ITEM}.png"
    run(stage.environment, "enqueue", "taste", _USER, _ITEM, "--image", missing)
    wait_until(lambda: len(_dead_letters(stage)) == 2, "two dead letters did not come")
    run(stage.environment, "dead-letters", "list")
    jobs = {letter["reason"]["code"]: letter["id"] for letter in _dead_letters(stage)}
    check(sorted(jobs) == ["blob_missing", "not_json"], f"the dead letters' reasons are {sorted(jobs)}")
    _mend(stage, jobs["blob_missing"])


def _mend(stage: Stage, job: str) -> None:
    late = stage.home / "late.csv"
    picture = PROJECT_FOLDER / "sample/pictures/plum-cap.png"
    with late.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("item_id", "user_id", "title", "brand", "category", "tags", "price", "image"))
        rows.writerow((_ITEM, _USER, "Felt Cap", "Fellside", "Caps", "winter", "32.00", picture))
    say("\nThe picture arrives late:")
    run(stage.environment, "wardrobe", "import", str(late))
    run(stage.environment, "dead-letters", "replay", job)
    wait_until(
        lambda: ask(stage.environment, "jobs", "show", job)["status"] == "completed",
        f"the replay of job {job} did not complete",
    )
    run(stage.environment, "jobs", "show", job)
    check(len(_dead_letters(stage)) == 1, "one dead letter should be left")
    profile = ask(stage.environment, "profile", "show", _USER)
    check(any(cover["jobId"] == job for cover in profile["covers"]), f"the profile of {_USER} lacks the replayed like")


def _dead_letters(stage: Stage) -> list[dict[str, Any]]:
    queue = stage.environment["TASTE_JOB_QUEUE_NAME"]
    found: list[dict[str, Any]] = ask(stage.environment, "dead-letters", "list", "--queue", queue)["items"]
    return found
