"""Pictures of docs/digest.md: python -m tests.e2e.digest.pictures FOLDER."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from processors.digest.mail import as_shown
from tests.e2e.digest.sample import ARABIC, ENGLISH, message

PICTURES: dict[str, tuple[Any, int, Any]] = {
    "digest-light.png": (ENGLISH, 700, "light"),
    "digest-dark.png": (ENGLISH, 700, "dark"),
    "digest-360.png": (ENGLISH, 360, "light"),
    "digest-360-dark.png": (ENGLISH, 360, "dark"),
    "digest-right-to-left.png": (ARABIC, 700, "light"),
}
"""Whose mail, how many pixels wide, and the reader's colours."""


def picture(browser: Browser, page: str, width: int, scheme: Any) -> bytes:
    """Return a page as it looks, whole, as a PNG. It has no network."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True, java_script_enabled=False
    )
    try:
        tab = context.new_page()
        tab.set_content(page)
        return tab.screenshot(full_page=True)
    finally:
        context.close()


def main(folder: Path) -> int:
    """Write the pictures, in 128 colours; return 1 without chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        print("There is no chromium on PATH: apt-get install chromium.", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (person, width, scheme) in PICTURES.items():
            taken = Image.open(io.BytesIO(picture(browser, as_shown(message(person)).decode(), width, scheme)))
            taken.convert("RGB").quantize(128).save(folder / name, optimize=True)
            print(folder / name)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
