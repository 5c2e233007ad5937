"""Demo, `python -m demo`: what is shown, in which order. ./scripts/demo starts it, with an Azurite of its own."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from demo import calls_story, digest_story, errand_story, mend_story, outside_story, scrape_story, taste_story
from demo.stage import STORAGE, Stage
from demo.terminal import DemoFailed, heading, say


def main() -> int:
    """Tell the story; return the exit code: 0, or 1 when something wasn't as it should be."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="Started by ./scripts/demo.")
    parser.add_argument("--once", action="store_true", help="end when all has been shown")
    once = parser.parse_args().once
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _: sys.exit(128 + caught))
    began = time.monotonic()
    with Stage(Path(os.environ["NIGHTSHIFT_HOME"]), os.environ[STORAGE]) as stage:
        try:
            taste_story.tell(stage)
            mend_story.tell(stage)
            errand_story.tell(stage)
            outside_story.tell(stage)
            environment = scrape_story.tell(stage)
            digest_story.tell(stage, environment)
            calls_story.tell(stage, environment)
        except DemoFailed as failure:
            print(f"error: {failure}\n  What the hosts said is in {stage.home}/*.log", file=sys.stderr)
            return 1
        say(f"\nAll of it was as it should be ({time.monotonic() - began:.0f} s).")
        _say_what_next(stage, once=once)
        if not once:
            stage.wait()
    return 0


def _say_what_next(stage: Stage, *, once: bool) -> None:
    heading("What to try next")
    if once:
        say("./scripts/demo          the same, and it stays, to be tried out")
    else:
        say("In another terminal, here:")
        say(f"  export NIGHTSHIFT_SETTINGS={stage.home}")
        say("  .venv/bin/nightshift status")
        say("  .venv/bin/nightshift enqueue taste --user ada --item red-heels --signal none --wait")
        say("  .venv/bin/nightshift profile show ada")
        say("  .venv/bin/nightshift moods trend")
        say("  .venv/bin/nightshift digest show ada --open")
        say("  .venv/bin/nightshift analyse sample/wardrobe.csv --jsonl   (needs no host)")
        say(f"Azurite  {stage.endpoints}")
        say(f"Logs     {stage.home}/*.log")
        say(f"Store    {stage.home}/nightshift.sqlite3")
        say("Stop     Ctrl-C")
        return
    say("./scripts/start         the app on Azurite's usual ports, with your own data")
    say("./scripts/demo --clean  removes what this demo left in .local/demo")
    say("README.md               how to enqueue from any language; docs/ how it works and how to operate it")


if __name__ == "__main__":
    sys.exit(main())
