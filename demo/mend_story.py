"""A dead letter is replayed once its cause is mended, and completes."""

from __future__ import annotations

import csv

from demo.stage import PROJECT_FOLDER, Stage
from demo.taste_story import LATE, dead_letters
from demo.terminal import ask, check, heading, run, say, wait_until

_ENDED_SECONDS = 90.0


def tell(stage: Stage) -> None:
    """Bring the missing picture and replay its job. Raises DemoFailed when something isn't right."""
    heading("A dead letter whose cause is mended is replayed")
    user, item = LATE
    letters = dead_letters(stage)
    job = next(letter["id"] for letter in letters if letter["reason"]["code"] == "blob_missing")
    late = stage.home / "late.csv"
    picture = PROJECT_FOLDER / "sample/pictures/plum-cap.png"
    with late.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("item_id", "user_id", "title", "brand", "category", "tags", "price", "image"))
        rows.writerow((item, user, "Felt Cap", "Fellside", "Caps", "winter", "32.00", picture))
    say("The picture arrives late:")
    run(stage.environment, "wardrobe", "import", str(late))
    run(stage.environment, "dead-letters", "replay", job)
    wait_until(
        lambda: ask(stage.environment, "jobs", "show", job)["status"] == "completed",
        f"the replay of job {job} did not complete",
        _ENDED_SECONDS,
    )
    run(stage.environment, "jobs", "show", job)
    check(len(dead_letters(stage)) == 1, "one dead letter should be left")
    profile = ask(stage.environment, "profile", "show", user)
    check(any(cover["jobId"] == job for cover in profile["covers"]), f"the profile of {user} lacks the replayed like")
