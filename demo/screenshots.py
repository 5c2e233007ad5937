"""Screenshots of the console for its documentation, wide and on a phone, of the world that the demo has made."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from PIL import Image

from demo.stage import PROJECT_FOLDER, Stage
from demo.terminal import DemoFailed, ask, say

FOLDER = PROJECT_FOLDER / "docs/images"
HEIGHTS = {1280: 1_150, 390: 1_700}
"""How much of a page is shown, by the width of the window."""
_COLOURS = 96


def take(stage: Stage, folder: Path = FOLDER) -> None:
    """Write the screenshots. Raises DemoFailed where there is no Chromium."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise DemoFailed("There is no chromium on PATH: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(color_scheme="light", reduced_motion="reduce")
        page.goto(stage.console)
        page.get_by_label("API key").fill(stage.key)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Overview").wait_for()
        for name, path in _pages(stage).items():
            page.goto(f"{stage.console}{path}")
            for width, most in HEIGHTS.items():
                page.set_viewport_size({"width": width, "height": 900})
                height = min(most, page.evaluate("document.documentElement.scrollHeight"))
                shot = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
                _write(folder / f"console-{name}-{width}.png", shot)
        browser.close()


def _pages(stage: Stage) -> Mapping[str, str]:
    letters: list[dict[str, Any]] = ask(stage.environment, "dead-letters", "list")["items"]
    wrong = next(one for one in letters if one["reason"]["code"] == "invalid_payload")
    return {
        "overview": "",
        "dead-letters": "/dead-letters",
        "letter": f"/dead-letters/{wrong['id']}?{urlencode({'user': wrong['scope']})}",
        "jobs": "/jobs",
        "runs": "/runs",
        "digest": "/digests/ada",
        "moods": "/moods",
        "pickup-rate": "/pickup-rate?days=21",
        "metrics": "/metrics?org=acme&days=21",
        "alerts": "/alerts",
    }


def _write(path: Path, shot: bytes) -> None:
    with Image.open(io.BytesIO(shot)) as image:
        image.convert("RGB").quantize(_COLOURS).save(path, optimize=True)
    say(f"{path.relative_to(PROJECT_FOLDER)}  {path.stat().st_size // 1024} KB")
