"""A like becomes a taste profile, and what can't become one is a dead letter."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from demo.stage import PROJECT_FOLDER, Stage
from demo.terminal import ask, check, heading, run, say, wait_until

WARDROBE = Path("sample/wardrobe.csv")
_BROKEN = '{"user_id": "ada", "item_id": "red-heels"'
_ENDED_SECONDS = 90.0
LATE = ("ben", "felt-cap")
"""User and item of the like whose picture isn't there."""


def tell(stage: Stage) -> None:
    """Show the taste job from a wardrobe file to a profile. Raises DemoFailed when something isn't right."""
    heading("A wardrobe, and the app that runs its jobs")
    run(stage.environment, "init")
    stage.start_host("host", PROJECT_FOLDER)
    say("The development host runs function_app.py.")
    run(stage.environment, "wardrobe", "import", str(WARDROBE))

    heading("Likes become jobs, jobs become taste profiles")
    likes = _likes()
    file = stage.home / "likes.jsonl"
    file.write_text("".join(json.dumps(like) + "\n" for like in [*likes, likes[0]]))
    say(f"{file.name} holds a like of every item, ben's dislike of one, and the first like once more.")
    run(stage.environment, "enqueue", "taste", "--file", str(file), "--wait", "--timeout", str(int(_ENDED_SECONDS)))
    run(stage.environment, "profile", "show", "ada", "--evidence")
    _check_profiles(stage, likes)

    heading("What can't be done becomes a dead letter, with its reason")
    broken = stage.home / "broken.json"
    broken.write_text(_BROKEN)
    say("A body that is cut off in the middle, and a like whose picture nobody has uploaded:")
    run(stage.environment, "enqueue", "taste", "--raw", str(broken))
    user, item = LATE
    missing = f"{stage.blobs}/wardrobe-images/{user}/{item}.png"
    run(stage.environment, "enqueue", "taste", "--user", user, "--item", item, "--image", missing)
    wait_until(lambda: len(dead_letters(stage)) == 2, "two dead letters were expected", _ENDED_SECONDS)
    run(stage.environment, "dead-letters", "list")
    codes = sorted(letter["reason"]["code"] for letter in dead_letters(stage))
    check(codes == ["blob_missing", "not_json"], f"the dead letters' reasons are {codes}")


def dead_letters(stage: Stage) -> list[dict[str, Any]]:
    """Return the open dead letters."""
    found: list[dict[str, Any]] = ask(stage.environment, "dead-letters", "list")["items"]
    return found


def _likes() -> list[dict[str, Any]]:
    with (PROJECT_FOLDER / WARDROBE).open(newline="") as file:
        likes: list[dict[str, Any]] = [
            {"user_id": row["user_id"], "item_id": row["item_id"]} for row in csv.DictReader(file)
        ]
    likes[-1]["signal"] = "down"
    return likes


def _check_profiles(stage: Stage, likes: list[dict[str, Any]]) -> None:
    for user in ("ada", "ben"):
        profile = ask(stage.environment, "profile", "show", user, "--evidence")
        count = sum(like["user_id"] == user for like in likes)
        check(profile["evidences"] == count == len(profile["evidence"]), f"{user}'s profile isn't of {count} likes")
    ada, ben = ask(stage.environment, "profile", "show", "ada"), ask(stage.environment, "profile", "show", "ben")
    _check_terms(ada, "colors", {"red", "blue"})
    _check_terms(ada, "garments", {"t-shirts", "jeans", "dresses", "heels", "watches"})
    _check_terms(ada, "brands", {"Harbour Lane", "Corso Nove"})
    disliked = [term["name"] for term in ben["garments"] if term["weight"] < 0]
    check(disliked == ["caps"], f"ben dislikes {disliked} instead of caps")


def _check_terms(profile: dict[str, Any], facet: str, expected: set[str]) -> None:
    missing = expected - {term["name"] for term in profile[facet]}
    check(not missing, f"{profile['userId']}'s {facet} lack {', '.join(sorted(missing))}")
